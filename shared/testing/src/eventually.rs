use std::time::{Duration, Instant};

/// Asks again and again until `ask` answers with something, at most for `within`.
///
/// # Errors
/// What `ask` answers as an error, at once; or, when the time is over, that `what` did not happen.
pub async fn eventually<T>(
    what: &str,
    within: Duration,
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + within;
    let mut pause = Duration::from_millis(10);
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        anyhow::ensure!(Instant::now() < deadline, "{what} did not happen within {} seconds", within.as_secs_f32());
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(250));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_asks_until_there_is_an_answer() {
        let mut asked = 0;
        let answer = eventually("the third answer", Duration::from_secs(5), async || {
            asked += 1;
            Ok((asked == 3).then_some(asked))
        });
        assert_eq!(answer.await.unwrap(), 3);
    }

    #[tokio::test]
    async fn it_says_what_did_not_happen() {
        let answer = eventually::<()>("a miracle", Duration::ZERO, async || Ok(None)).await;
        assert_eq!(answer.unwrap_err().to_string(), "a miracle did not happen within 0 seconds");
    }
}
