//! Reading an untrusted file in a process of its own.
//!
//! The child is the running executable itself, started again with a mark in its environment and nothing else there: no
//! credentials, no open files but its pipes. Before it looks at a byte it takes limits on itself (address space, CPU
//! time, open files, written files), so a bomb or an endless loop costs that document and nothing else. What it hands
//! back is untrusted as well: its size is bounded while it is read, and its content is checked.
//!
//! A program that uses [`read`] calls [`run_child_if_asked`] as the first thing in its `main`:
//!
//! ```
//! vitae_document::sandbox::run_child_if_asked();
//! // Here follows what the program is for.
//! ```
//!
//! No file is written, so it works where only `/tmp` is writable, or nothing is.

pub use crate::Limits;
use crate::{Document, PageImage, ReadError, Reading};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The mark in the child's environment.
const MARK: &str = "VITAE_DOCUMENT_READER";
/// An argument for programs that forgot [`run_child_if_asked`]: a test harness takes it for the name of a test that it
/// does not have, so it runs nothing.
const ARGUMENT: &str = "vitae-document-reader-only";
/// What a child's answer starts with.
const MAGIC: &[u8; 4] = b"VDR1";

/// Reads a document in a child process. It blocks until the child is done: an asynchronous caller uses
/// `spawn_blocking`.
///
/// # Errors
/// What [`crate::read`] finds, and what only a child can meet: [`ReadError::TimedOut`], [`ReadError::Crashed`].
/// [`ReadError::Unavailable`] alone is not the document's fault.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    // The link, not the path that it names: it holds when the executable was replaced since this process started.
    let link = Path::new("/proc/self/exe");
    if link.exists() {
        return read_with(link, bytes, limits);
    }
    let program = std::env::current_exe().map_err(|error| ReadError::Unavailable { detail: error.to_string() })?;
    read_with(&program, bytes, limits)
}

/// The same, with another program that calls [`run_child_if_asked`].
///
/// # Errors
/// As [`read`].
pub fn read_with(program: impl AsRef<OsStr>, bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(ReadError::over_limit("bytes", limits.bytes as u64));
    }
    if std::env::var_os(MARK).is_some() {
        // Only a program that forgot its first line comes here; without this check it would start itself for ever.
        return Err(ReadError::Unavailable { detail: "this process is a reader itself".to_owned() });
    }
    let unavailable = |error: std::io::Error| ReadError::Unavailable { detail: error.to_string() };
    let started = Instant::now();
    let child = Command::new(program)
        .args(["--exact", ARGUMENT])
        .env_clear()
        .env(MARK, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(unavailable)?;
    let mut child = Guard(child);
    let (Some(mut stdin), Some(stdout)) = (child.0.stdin.take(), child.0.stdout.take()) else {
        return Err(ReadError::Unavailable { detail: "its pipes are missing".to_owned() });
    };
    let header = serde_json::to_vec(limits).map_err(|error| ReadError::Unavailable { detail: error.to_string() })?;

    let (sender, receiver) = mpsc::channel();
    let output_limit = limits.output as u64;
    let answer = std::thread::scope(|scope| {
        // A child that dies early breaks the pipe; its exit says why, so that is no error here.
        scope.spawn(move || {
            let _ = stdin.write_all(&(header.len() as u32).to_le_bytes());
            let _ = stdin.write_all(&header);
            let _ = stdin.write_all(bytes);
        });
        scope.spawn(move || {
            let mut answer = Vec::new();
            let result = stdout.take(output_limit + 1).read_to_end(&mut answer).map(|_| answer);
            let _ = sender.send(result);
        });
        let answer = receiver.recv_timeout(limits.wall.saturating_sub(started.elapsed()));
        // Ends both threads, whatever state the child is in.
        if !matches!(&answer, Ok(Ok(bytes)) if bytes.len() as u64 <= output_limit) {
            child.kill();
        }
        answer
    });
    let answer = match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(unavailable(error)),
        Err(_) => return Err(ReadError::TimedOut { seconds: limits.wall.as_secs() }),
    };
    if answer.len() as u64 > output_limit {
        return Err(ReadError::over_limit("bytes of what was read", output_limit));
    }
    match decode(&answer, limits) {
        Some(result) => result,
        None => Err(ended(child.wait(Duration::from_secs(2)), limits)),
    }
}

/// Serves one request and exits if this process was started by [`read`]; returns at once otherwise.
pub fn run_child_if_asked() {
    if std::env::var_os(MARK).is_none() {
        return;
    }
    // Nothing of a person's document may reach a log through a panic's message.
    std::panic::set_hook(Box::new(|_| {}));
    let status = match serve() {
        Ok(()) => 0,
        Err(_) => 3,
    };
    std::process::exit(status);
}

fn serve() -> std::io::Result<()> {
    let mut stdin = std::io::stdin().lock();
    let mut length = [0; 4];
    stdin.read_exact(&mut length)?;
    let mut header = vec![0; (u32::from_le_bytes(length) as usize).min(64 * 1024)];
    stdin.read_exact(&mut header)?;
    let limits: Limits = serde_json::from_slice(&header)?;
    restrict(&limits)?;
    let mut bytes = Vec::new();
    stdin.take(limits.bytes as u64 + 1).read_to_end(&mut bytes)?;

    // A thread of its own has a stack of known size, whatever the system gives a main thread.
    let worker =
        std::thread::Builder::new().stack_size(48 * 1024 * 1024).spawn(move || crate::read(&bytes, &limits))?;
    let result = worker
        .join()
        .unwrap_or_else(|_| Err(ReadError::Crashed { detail: "it met a case that it does not know".to_owned() }));
    let mut stdout = std::io::stdout().lock();
    encode(&result, &mut stdout)?;
    stdout.flush()
}

/// Takes limits on this process. They cannot be given back.
fn restrict(limits: &Limits) -> std::io::Result<()> {
    use rlimit::Resource;
    Resource::AS.set(limits.memory, limits.memory)?;
    // The soft limit ends the process with a signal of its own, by which the parent knows the reason.
    Resource::CPU.set(limits.cpu_seconds, limits.cpu_seconds + 1)?;
    Resource::FSIZE.set(0, 0)?;
    Resource::CORE.set(0, 0)?;
    Resource::NOFILE.set(16, 16)
}

/// The answer's first part; pictures follow as they are.
#[derive(Serialize, Deserialize)]
enum Answer {
    Read { document: Document, pictures: Vec<PictureHead> },
    Failed(ReadError),
}

#[derive(Serialize, Deserialize)]
struct PictureHead {
    page: usize,
    media_type: String,
    length: usize,
}

fn encode(result: &Result<Reading, ReadError>, out: &mut impl Write) -> std::io::Result<()> {
    let head = |image: &PageImage| PictureHead {
        page: image.page,
        media_type: image.media_type.clone(),
        length: image.bytes.len(),
    };
    let answer = match result {
        Ok(reading) => {
            Answer::Read { document: reading.document.clone(), pictures: reading.images.iter().map(head).collect() }
        }
        Err(error) => Answer::Failed(error.clone()),
    };
    let json = serde_json::to_vec(&answer)?;
    out.write_all(MAGIC)?;
    out.write_all(&(json.len() as u64).to_le_bytes())?;
    out.write_all(&json)?;
    if let Ok(reading) = result {
        for image in &reading.images {
            out.write_all(&image.bytes)?;
        }
    }
    Ok(())
}

/// `None` if the answer is not whole, or is not one that a reader gives.
fn decode(answer: &[u8], limits: &Limits) -> Option<Result<Reading, ReadError>> {
    let rest = answer.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_at_checked(8)?;
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let (json, mut rest) = rest.split_at_checked(length)?;
    // Numbers that are not finite are written as null, which no coordinate is: such an answer does not parse.
    let (document, pictures) = match serde_json::from_slice(json).ok()? {
        Answer::Failed(error) => return Some(Err(error)),
        Answer::Read { document, pictures } => (document, pictures),
    };
    if document.pages.len() > limits.pages || document.words().count() > limits.words {
        return None;
    }
    let mut images = Vec::new();
    for picture in pictures {
        let (bytes, tail) = rest.split_at_checked(picture.length)?;
        rest = tail;
        let known = matches!(
            (picture.media_type.as_str(), bytes),
            ("image/png", [0x89, b'P', b'N', b'G', ..]) | ("image/jpeg", [0xff, 0xd8, ..])
        );
        if !known || picture.page >= document.pages.len() {
            return None;
        }
        images.push(PageImage { page: picture.page, media_type: picture.media_type, bytes: bytes.to_vec() });
    }
    rest.is_empty().then_some(Ok(Reading { document, images }))
}

/// Why a child ended without an answer.
fn ended(status: Option<ExitStatus>, limits: &Limits) -> ReadError {
    let crashed = |detail: &str| ReadError::Crashed { detail: detail.to_owned() };
    let Some(status) = status else { return crashed("it did not end") };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        // Numbers of Linux on every architecture it is deployed to: 6 abort, 9 kill, 11 segmentation fault, 24 CPU
        // time.
        return match signal {
            24 => ReadError::TimedOut { seconds: limits.cpu_seconds },
            6 | 9 => crashed("it needed more memory than one document may use"),
            11 | 7 => crashed("it is nested too deeply"),
            other => crashed(&format!("it was ended by signal {other}")),
        };
    }
    let _ = limits;
    crashed(&format!("it ended with status {}", status.code().unwrap_or(-1)))
}

/// A child that never outlives the request.
struct Guard(Child);

impl Guard {
    fn kill(&mut self) {
        let _ = self.0.kill();
    }

    /// Waits until the child has ended, for a moment: its output is closed already.
    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(1)),
                _ => return None,
            }
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.kill();
        // Without this, a zombie stays for each document.
        let _ = self.0.wait();
    }
}
