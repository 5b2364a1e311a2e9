//! The trace that the work at hand belongs to: Lambda names it, and queues carry it on to the next function.
//!
//! A message goes out with the trace of whatever sends it ([`current`]); whoever takes it works under that trace
//! ([`within`]), so that the lines of all functions about one upload share a `trace_id`. The segments themselves are
//! written by Lambda.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static CURRENT: Option<TraceHeader>;
}

/// Longest header that is carried on; those of AWS have about two hundred characters.
const LONGEST: usize = 512;

/// An X-Ray tracing header, such as `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
///
/// It is carried on as it is: `Lineage`, which stands there too, is how Lambda notices functions that call each other
/// in a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceHeader(Arc<str>);

impl TraceHeader {
    /// The header, unless it is none: SQS refuses a message whose header it cannot read.
    pub fn parse(text: &str) -> Option<Self> {
        let readable = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        (readable && root(text).is_some()).then(|| Self(text.into()))
    }

    /// The trace's id, which all that belongs together shares.
    pub fn id(&self) -> &str {
        root(&self.0).unwrap_or_default()
    }

    /// The whole header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `1-{8 hex digits, the time}-{24 hex digits}`.
fn root(header: &str) -> Option<&str> {
    let root = header.split(';').find_map(|part| part.strip_prefix("Root="))?;
    let mut parts = root.split('-');
    let hex = |part: Option<&str>, length| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let whole = parts.next() == Some("1") && hex(parts.next(), 8) && hex(parts.next(), 24) && parts.next().is_none();
    whole.then_some(root)
}

/// The trace of the work at hand, where it has one.
pub fn current() -> Option<TraceHeader> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

/// Does `work` under `trace`; where that is none, under the one that is in force already.
pub async fn within<F: Future>(trace: Option<TraceHeader>, work: F) -> F::Output {
    CURRENT.scope(trace.or_else(current), work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:0";

    #[test]
    fn a_header_is_told_from_nonsense() {
        assert_eq!(TraceHeader::parse(HEADER).unwrap().id(), "1-5759e988-bd862e3fe1be46a994272793");
        assert_eq!(TraceHeader::parse(HEADER).unwrap().as_str(), HEADER);
        for nonsense in [
            "",
            "Parent=53995c3f42cd8ad8",
            "Root=1-5759e988",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e98z-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793-1",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=\u{e9}",
            "Root=1-5759e988-bd862e3fe1be46a994272793; Sampled=1",
        ] {
            assert_eq!(TraceHeader::parse(nonsense), None, "{nonsense}");
        }
    }

    #[tokio::test]
    async fn work_within_work_keeps_the_trace_unless_it_has_its_own() {
        let other = HEADER.replace("5759e988", "5759e989");
        assert_eq!(current(), None);
        within(TraceHeader::parse(HEADER), async {
            within(None, async { assert_eq!(current().unwrap().as_str(), HEADER) }).await;
            within(TraceHeader::parse(&other), async { assert_eq!(current().unwrap().as_str(), other) }).await;
        })
        .await;
        assert_eq!(current(), None);
    }
}
