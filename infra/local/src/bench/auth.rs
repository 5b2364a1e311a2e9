//! What accounts cost: an access token's check, a refresh, a sign-in beside its hash alone; and whether the time of a
//! refusal tells an address that has an account from one that has none.

use std::time::Instant;

use anyhow::Context;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use vitae_testing::{Answer, Person};

use super::printed::{example, printed_of};
use super::table::{Figure, Table, percentile};
use crate::progress::Progress;
use crate::run::Stack;

/// Refreshes and sign-ins.
const REQUESTS: usize = 100;
/// Refused sign-ins, half of them with an address that has an account.
const REFUSALS: usize = 400;
/// So many come before each and are not counted.
const WARMING: usize = 10;

pub(super) async fn measure(stack: &Stack, dev: bool, progress: &Progress) -> anyhow::Result<Table> {
    let step = progress.step("Signing in");
    let person = Person::sign_up(&stack.seen_from_outside()).await?;
    let stack = &person.stack;
    // One client, so that its connection stays.
    let client = Client::builder().no_proxy().build().context("cannot make an HTTP client")?;

    let keys = Answer::to(client.get(format!("{}/.well-known/jwks.json", stack.api_url))).await?.expect(200)?.json()?;
    let key = keys["keys"][0]["x"].as_str().context("no key")?;
    let given = format!("issuer={}\nkey={key}\ntoken={}\npassword={}\n", stack.api_url, person.token, person.password);
    let measured = printed_of(&mut example("checking", dev), &given, "checks and hashes")?;
    let values = |name: &str| -> anyhow::Result<Vec<f64>> {
        let values = measured[name].as_array().with_context(|| format!("`{name}` was not measured"))?;
        values.iter().map(|value| value.as_f64().context("a figure is none")).collect()
    };
    let (checks, hashes) = (values("checks_us")?, values("hashes_ms")?);

    let login = |password: &str, email: &str| {
        client.post(stack.route("/users/login?client=native")).json(&json!({ "email": email, "password": password }))
    };
    let (mut sign_ins, mut last) = (Vec::with_capacity(REQUESTS), Value::Null);
    for nth in 0..WARMING + REQUESTS {
        step.at(nth as u64, REQUESTS as u64, "signing in".to_owned());
        let (took, answer) = timed(login(&person.password, &person.email), 200).await?;
        last = answer.json()?;
        if nth >= WARMING {
            sign_ins.push(took);
        }
    }

    let mut refreshes = Vec::with_capacity(REQUESTS);
    for nth in 0..WARMING + REQUESTS {
        step.at(nth as u64, REQUESTS as u64, "refreshing".to_owned());
        let token = json!({ "refresh_token": last["refresh_token"] });
        let (took, answer) = timed(client.post(stack.route("/users/refresh")).json(&token), 200).await?;
        last = answer.json()?;
        if nth >= WARMING {
            refreshes.push(took);
        }
    }

    // By turns, so that whatever else the machine does meets both alike.
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for nth in 0..WARMING + REFUSALS {
        step.at(nth as u64, REFUSALS as u64, "being refused".to_owned());
        let is_known = nth % 2 == 0;
        let email = if is_known { person.email.clone() } else { format!("nobody-{nth}@example.com") };
        let (took, _) = timed(login("a password that is nobody's", &email), 401).await?;
        if nth >= WARMING {
            if is_known { known.push(took) } else { unknown.push(took) }
        }
    }

    let z = rank_sum(&known, &unknown);
    let about = format!(
        "Checks of an access token (µs) and hashes in a process of their own, and requests one after the other to the warm \
         function (ms), from the client's side of the door. {REFUSALS} sign-ins were refused, by turns with an address that has an \
         account and with one that has none. By the rank sum of Mann and Whitney z = {z:.2} and p = {:.3}: so often two \
         samples of one distribution differ as much. A p below 0.01 would say that the time tells them apart.",
        probability(z)
    );
    let mut table = Table::new("auth", about, "what", &["p50", "p99"]);
    let both = |times: &[f64]| [Figure::of(percentile(times, 50)), Figure::of(percentile(times, 99))];
    let bounded = |times: &[f64], bound| [both(times)[0].at_most(bound), both(times)[1]];
    table.row("check of an access token, µs", bounded(&checks, 60.0));
    table.row("POST /users/refresh, ms", bounded(&refreshes, 10.0));
    table.row("Argon2id alone, ms", both(&hashes));
    table.row("POST /users/login, ms", both(&sign_ins));
    let beyond = |percent| percentile(&sign_ins, percent) - percentile(&hashes, percent);
    table.row("the sign-in beyond Argon2id, ms", [Figure::of(beyond(50)).at_most(10.0), Figure::of(beyond(99))]);
    table.row("refused, address with an account, ms", both(&known));
    table.row("refused, address without one, ms", both(&unknown));
    step.done("");
    Ok(table)
}

/// The answer, and the milliseconds that it took.
pub(super) async fn timed(request: RequestBuilder, status: u16) -> anyhow::Result<(f64, Answer)> {
    let begun = Instant::now();
    let answer = Answer::to(request).await?.expect(status)?;
    Ok((begun.elapsed().as_secs_f64() * 1e3, answer))
}

/// How far the rank sum of one sample is from what it would be if both were of one distribution, in standard deviations
/// (Mann and Whitney, 1947, by the normal approximation, which holds from about twenty values each). Positive where `a`
/// has the larger values.
fn rank_sum(a: &[f64], b: &[f64]) -> f64 {
    let (n, m) = (a.len() as f64, b.len() as f64);
    let mut wins = 0.0;
    for x in a {
        for y in b {
            wins += match x.total_cmp(y) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    (wins - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

/// How often a value as far from the middle as `z`, to either side, comes from a normal distribution: by the approximation
/// 7.1.26 of Abramowitz and Stegun, to 1.5e-7.
fn probability(z: f64) -> f64 {
    const FACTORS: [f64; 5] = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    FACTORS.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_values_of_the_normal_distribution_come_out() {
        for (z, p) in [(0.0, 1.0), (1.0, 0.317_310_5), (1.959_964, 0.05), (2.575_829, 0.01), (-2.575_829, 0.01)] {
            assert!((probability(z) - p).abs() < 1e-6, "{z}: {}", probability(z));
        }
    }

    #[test]
    fn two_samples_are_told_apart_where_they_differ_and_only_there() {
        let sample = |from: f64| (0..200).map(|n| from + f64::from(n * 37 % 200)).collect::<Vec<_>>();
        assert!(rank_sum(&sample(0.0), &sample(0.0)).abs() < 1e-9);
        assert!(rank_sum(&sample(30.0), &sample(0.0)) > 2.6);
        assert!(rank_sum(&sample(0.0), &sample(30.0)) < -2.6);
        // Values 1 and 2 against 3 and 4: no win in four, where two are expected, with a variance of 5/3.
        assert!((rank_sum(&[1.0, 2.0], &[3.0, 4.0]) + 2.0 / (5.0f64 / 3.0).sqrt()).abs() < 1e-9);
    }
}
