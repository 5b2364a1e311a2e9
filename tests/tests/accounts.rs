//! Accounts and sessions, as a browser, a program without cookies and a stranger meet them.

use std::collections::BTreeSet;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, ORIGIN};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use vitae_testing::{Answer, Person, Stack, eventually, unique};

/// Somebody who has an account and is not signed in.
struct Account {
    email: String,
    password: String,
}

impl Account {
    async fn register(stack: &Stack) -> anyhow::Result<Self> {
        let account =
            Self { email: format!("{}@example.com", unique("account")), password: unique("Quite-a-long-sentence") };
        let body = json!({ "email": account.email, "password": account.password });
        send(stack, "/users/register", &body).await?.expect(201)?;
        Ok(account)
    }

    fn credentials(&self) -> Value {
        json!({ "email": self.email, "password": self.password })
    }

    /// Signs in as a program without cookies.
    async fn sign_in(&self, stack: &Stack) -> anyhow::Result<Tokens> {
        let answer = send(stack, "/users/login?client=native", &self.credentials()).await?.expect(200)?;
        Tokens::of(&answer)
    }

    /// Signs in as a browser.
    async fn open_browser(&self, stack: &Stack) -> anyhow::Result<Browser> {
        Browser::of(&send(stack, "/users/login", &self.credentials()).await?.expect(200)?)
    }
}

struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(answer: &Answer) -> anyhow::Result<Self> {
        let body = answer.json()?;
        let member = |name: &str| Ok::<_, anyhow::Error>(body[name].as_str().context(name.to_owned())?.to_owned());
        Ok(Self { access: member("access_token")?, refresh: member("refresh_token")? })
    }
}

/// What a browser has after an answer: a cookie that it sends along, and what the page's script has kept.
#[derive(Clone)]
struct Browser {
    access: String,
    csrf: String,
    cookie: String,
}

impl Browser {
    fn of(answer: &Answer) -> anyhow::Result<Self> {
        let body = answer.json()?;
        let member = |name: &str| Ok::<_, anyhow::Error>(body[name].as_str().context(name.to_owned())?.to_owned());
        let cookie = answer.header("set-cookie").context("no cookie was set")?;
        let (cookie, _) = cookie.split_once(';').context("a cookie without attributes")?;
        Ok(Self { access: member("access_token")?, csrf: member("csrf_token")?, cookie: cookie.to_owned() })
    }

    fn post(&self, stack: &Stack, path: &str) -> RequestBuilder {
        let request = Client::new().post(stack.route(path));
        request.header(COOKIE, &self.cookie).header("x-csrf-token", &self.csrf).header(ORIGIN, &stack.api_url)
    }
}

async fn send(stack: &Stack, path: &str, body: &Value) -> anyhow::Result<Answer> {
    Answer::to(Client::new().post(stack.route(path)).json(body)).await
}

async fn refresh(stack: &Stack, token: &str) -> anyhow::Result<Answer> {
    send(stack, "/users/refresh", &json!({ "refresh_token": token })).await
}

async fn get_as(stack: &Stack, path: &str, access_token: &str) -> anyhow::Result<Answer> {
    Answer::to(Client::new().get(stack.route(path)).bearer_auth(access_token)).await
}

/// The token of the link to `page` in a mail.
fn linked_token(stack: &Stack, text: &str, page: &str) -> anyhow::Result<String> {
    let link = format!("{}/{page}?token=", stack.api_url);
    let (_, after) = text.split_once(&link).with_context(|| format!("no {link} in {text}"))?;
    Ok(after.split_whitespace().next().context("a link without a token")?.to_owned())
}

/// A problem as API.md has it, without its `instance`, which differs from request to request.
fn problem(answer: &Answer, status: u16, slug: &str) -> anyhow::Result<Value> {
    let mut body = answer.json()?;
    assert_eq!(answer.status, status, "{body:#}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{body:#}");
    assert_eq!(body["type"], format!("/problems/{slug}"), "{body:#}");
    assert_eq!(body["status"], status, "{body:#}");
    assert!(body["title"].is_string() && body["detail"].is_string(), "{body:#}");
    let instance = body.as_object_mut().and_then(|body| body.remove("instance"));
    assert_eq!(instance.as_ref().and_then(Value::as_str), answer.header("x-request-id"), "{body:#}");
    Ok(body)
}

#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one_and_told_by_mail() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let email = format!("{}@Example.com", unique("twice"));
    let body = json!({ "email": email, "password": unique("Quite-a-long-sentence"), "name": "Ada" });
    let first = send(&stack, "/users/register", &body).await?.expect(201)?;
    let other = json!({ "email": email, "password": unique("Another-long-sentence") });
    let second = send(&stack, "/users/register", &other).await?.expect(201)?;
    assert_eq!(first.json()?, json!({ "email": email, "registered": true }));
    assert_eq!(first.json()?, second.json()?);
    let names = |answer: &Answer| answer.headers.keys().map(|name| name.as_str().to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(names(&first), names(&second));

    stack.await_mail(&email, "Confirm your mail address").await?;
    let notice = stack.await_mail(&email, "You already have an account").await?;
    linked_token(&stack, &notice.text, "reset-password")?;
    // The account is as it was.
    send(&stack, "/users/login", &json!({ "email": email, "password": other["password"] })).await?.expect(401)?;
    // Upper and lower case are one address.
    let login = json!({ "email": email.to_lowercase(), "password": body["password"] });
    let answer = send(&stack, "/users/login", &login).await?.expect(200)?.json()?;
    assert_eq!(answer["user"]["email"], email);
    assert_eq!(answer["user"]["name"], "Ada");
    assert_eq!(answer["user"]["role"], "user");
    assert_eq!(answer["user"]["email_verified"], false);
    Ok(())
}

#[tokio::test]
async fn one_address_registered_by_many_at_once_is_one_account() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let email = format!("{}@example.com", unique("race"));
    let passwords: Vec<String> = (0..8).map(|_| unique("Quite-a-long-sentence")).collect();
    let bodies: Vec<Value> = passwords.iter().map(|password| json!({ "email": email, "password": password })).collect();
    for answer in join_all(bodies.iter().map(|body| send(&stack, "/users/register", body))).await {
        answer?.expect(201)?;
    }
    let mut owners = 0;
    for body in &bodies {
        let status = send(&stack, "/users/login", body).await?.status;
        assert!(status == 200 || status == 401, "{status}");
        owners += usize::from(status == 200);
    }
    assert_eq!(owners, 1);
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_never_said() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let wrong = json!({ "email": account.email, "password": "not the password at all" });
    let unknown = json!({ "email": format!("{}@example.com", unique("nobody")), "password": account.password });
    let wrong = problem(&send(&stack, "/users/login", &wrong).await?, 401, "unauthorized")?;
    let unknown = problem(&send(&stack, "/users/login", &unknown).await?, 401, "unauthorized")?;
    assert_eq!(wrong, unknown);
    Ok(())
}

#[tokio::test]
async fn a_browser_refreshes_by_its_cookie_and_only_from_a_page_of_ours() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let signed_in = send(&stack, "/users/login", &account.credentials()).await?.expect(200)?;
    let cookie = signed_in.header("set-cookie").context("no cookie was set")?.to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/users"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    assert_eq!(cookie.contains("Secure"), stack.api_url.starts_with("https://"), "{cookie}");
    let body = signed_in.json()?;
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(900)), "{body:#}");
    assert!(body.get("refresh_token").is_none(), "a script could read the refresh token");

    let browser = Browser::of(&signed_in)?;
    let bare = Client::new().post(stack.route("/users/refresh")).header(COOKIE, &browser.cookie);
    problem(&Answer::to(bare).await?, 403, "forbidden")?;
    let forged = Browser { csrf: browser.csrf.chars().rev().collect(), ..browser.clone() };
    problem(&Answer::to(forged.post(&stack, "/users/refresh")).await?, 403, "forbidden")?;
    let foreign = Client::new().post(stack.route("/users/refresh")).header(COOKIE, &browser.cookie);
    let foreign = foreign.header("x-csrf-token", &browser.csrf).header(ORIGIN, "https://evil.example");
    problem(&Answer::to(foreign).await?, 403, "forbidden")?;
    // What the browser itself says of the page counts, too, wherever no origin comes along.
    for path in ["/users/refresh", "/users/logout"] {
        let foreign = browser.post(&stack, path).header("sec-fetch-site", "cross-site");
        problem(&Answer::to(foreign).await?, 403, "forbidden").context(path)?;
    }

    let renewed = browser.post(&stack, "/users/refresh").header("sec-fetch-site", "same-origin");
    let renewed = Answer::to(renewed).await?.expect(200)?;
    let renewed = Browser::of(&renewed)?;
    assert_ne!(renewed.cookie, browser.cookie, "the refresh token was not replaced");
    assert_eq!(renewed.csrf, browser.csrf, "another tab's CSRF token would be worth nothing");
    get_as(&stack, "/users/me", &renewed.access).await?.expect(200)?;
    Answer::to(renewed.post(&stack, "/users/refresh/")).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_client_without_cookies_gets_its_tokens_in_the_body_and_no_cookie() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let signed_in = send(&stack, "/users/login?client=native", &account.credentials()).await?.expect(200)?;
    assert_eq!(signed_in.header("set-cookie"), None);
    assert!(signed_in.json()?.get("csrf_token").is_none());
    let first = Tokens::of(&signed_in)?;
    let answer = refresh(&stack, &first.refresh).await?.expect(200)?;
    assert_eq!(answer.header("set-cookie"), None);
    let second = Tokens::of(&answer)?;
    assert_ne!(first.refresh, second.refresh);
    get_as(&stack, "/users/me", &second.access).await?.expect(200)?;
    problem(&refresh(&stack, "").await?, 401, "unauthorized")?;
    problem(&Answer::to(Client::new().post(stack.route("/users/refresh"))).await?, 401, "unauthorized")?;
    Ok(())
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_share_one_next_token() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let tokens = Account::register(&stack).await?.sign_in(&stack).await?;
    let answers = join_all((0..4).map(|_| refresh(&stack, &tokens.refresh))).await;
    let mut next = BTreeSet::new();
    for answer in answers {
        next.insert(Tokens::of(&answer?.expect(200)?)?.refresh);
    }
    assert_eq!(next.len(), 1);
    let next = next.pop_first().context("no token")?;
    refresh(&stack, &next).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn an_old_refresh_token_used_again_ends_the_session_for_everyone() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let other = account.sign_in(&stack).await?;
    let first = account.sign_in(&stack).await?;
    let second = Tokens::of(&refresh(&stack, &first.refresh).await?.expect(200)?)?;
    let third = Tokens::of(&refresh(&stack, &second.refresh).await?.expect(200)?)?;
    problem(&refresh(&stack, &first.refresh).await?, 401, "unauthorized")?;
    problem(&refresh(&stack, &third.refresh).await?, 401, "unauthorized")?;
    problem(&get_as(&stack, "/users/sessions", &third.access).await?, 401, "unauthorized")?;
    // Another session of the same person is another family.
    refresh(&stack, &other.refresh).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_made_up_refresh_token_ends_nobodys_session() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let tokens = Account::register(&stack).await?.sign_in(&stack).await?;
    let mut bytes = URL_SAFE_NO_PAD.decode(&tokens.refresh)?;
    // The person and the session are those of the real token; all secrets are others.
    bytes.iter_mut().skip(32).for_each(|byte| *byte ^= 0xff);
    problem(&refresh(&stack, &URL_SAFE_NO_PAD.encode(bytes)).await?, 401, "unauthorized")?;
    refresh(&stack, &tokens.refresh).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session_by_any_of_its_tokens() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;

    let tokens = account.sign_in(&stack).await?;
    let logout = Client::new().post(stack.route("/users/logout")).bearer_auth(&tokens.access);
    Answer::to(logout).await?.expect(204)?;
    problem(&refresh(&stack, &tokens.refresh).await?, 401, "unauthorized")?;

    let tokens = account.sign_in(&stack).await?;
    let body = json!({ "refresh_token": tokens.refresh });
    send(&stack, "/users/logout", &body).await?.expect(204)?;
    problem(&refresh(&stack, &tokens.refresh).await?, 401, "unauthorized")?;
    send(&stack, "/users/logout", &body).await?.expect(204)?;

    let browser = account.open_browser(&stack).await?;
    let bare = Client::new().post(stack.route("/users/logout")).header(COOKIE, &browser.cookie);
    problem(&Answer::to(bare).await?, 403, "forbidden")?;
    let answer = Answer::to(browser.post(&stack, "/users/logout")).await?.expect(204)?;
    let cleared = answer.header("set-cookie").context("the cookie was left")?;
    assert!(cleared.contains("Max-Age=0"), "{cleared}");
    let refused = Answer::to(browser.post(&stack, "/users/refresh")).await?;
    problem(&refused, 401, "unauthorized")?;
    assert!(refused.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));

    problem(&Answer::to(Client::new().post(stack.route("/users/logout"))).await?, 401, "unauthorized")?;
    Ok(())
}

#[tokio::test]
async fn a_browser_that_signs_in_again_leaves_no_session_behind() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let old = account.open_browser(&stack).await?;
    let request = Client::new().post(stack.route("/users/login")).header(COOKIE, &old.cookie);
    let new = Browser::of(&Answer::to(request.json(&account.credentials())).await?.expect(200)?)?;
    problem(&Answer::to(old.post(&stack, "/users/refresh")).await?, 401, "unauthorized")?;
    let sessions = get_as(&stack, "/users/sessions", &new.access).await?.expect(200)?.json()?;
    assert_eq!(sessions["items"].as_array().map(Vec::len), Some(1), "{sessions:#}");
    Ok(())
}

#[tokio::test]
async fn an_address_is_verified_by_the_mail_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    assert_eq!(person.get("/users/me").await?.expect(200)?.json()?["email_verified"], false);
    let mail = stack.await_mail(&person.email, "Confirm your mail address").await?;
    let token = linked_token(&stack, &mail.text, "verify-email")?;
    assert!(mail.html.contains(&format!("{}/verify-email?token={token}", stack.api_url)), "{}", mail.html);

    // A token does only what it was made for.
    let reset = json!({ "token": token, "password": unique("Quite-a-long-sentence") });
    problem(&send(&stack, "/users/reset-password", &reset).await?, 422, "invalid")?;
    send(&stack, "/users/verify-email", &json!({ "token": token })).await?.expect(204)?;
    assert_eq!(person.get("/users/me").await?.expect(200)?.json()?["email_verified"], true);
    let again = problem(&send(&stack, "/users/verify-email", &json!({ "token": token })).await?, 422, "invalid")?;
    assert_eq!(again["errors"][0]["pointer"], "/token", "{again:#}");
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_mail_and_every_session_ends() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let (one, two) = (account.sign_in(&stack).await?, account.sign_in(&stack).await?);
    let forgot = json!({ "email": account.email });
    for _ in 0..2 {
        let answer = send(&stack, "/users/forgot-password", &forgot).await?.expect(202)?.json()?;
        assert_eq!(answer, json!({ "email": account.email, "accepted": true }));
    }
    let mails = stack.mail_to(&account.email).await?;
    let tokens = mails
        .iter()
        .filter(|mail| mail.subject == "Choose a new password")
        .map(|mail| linked_token(&stack, &mail.text, "reset-password"))
        .collect::<Result<Vec<_>, _>>()?;
    let [earlier, later] = tokens.as_slice() else { anyhow::bail!("{} reset mails came", tokens.len()) };

    let weak = json!({ "token": later, "password": account.email });
    let refused = problem(&send(&stack, "/users/reset-password", &weak).await?, 422, "invalid")?;
    assert_eq!(refused["errors"][0]["pointer"], "/password", "{refused:#}");
    let password = unique("A-new-and-long-sentence");
    let reset = json!({ "token": later, "password": password });
    send(&stack, "/users/reset-password", &reset).await?.expect(204)?;

    for tokens in [one, two] {
        problem(&refresh(&stack, &tokens.refresh).await?, 401, "unauthorized")?;
        problem(&get_as(&stack, "/users/sessions", &tokens.access).await?, 401, "unauthorized")?;
    }
    problem(&send(&stack, "/users/login", &account.credentials()).await?, 401, "unauthorized")?;
    // The mail has proved the address, too.
    let person = Person::sign_in(&stack, &account.email, &password).await?;
    assert_eq!(person.get("/users/me").await?.expect(200)?.json()?["email_verified"], true);
    // Neither the used link nor an older one opens anything any more.
    for token in [later, earlier] {
        let again = json!({ "token": token, "password": unique("Somebody-elses-sentence") });
        problem(&send(&stack, "/users/reset-password", &again).await?, 422, "invalid")?;
    }
    Ok(())
}

#[tokio::test]
async fn whoever_asks_for_a_reset_is_answered_alike() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let nobody = format!("{}@example.com", unique("nobody"));
    let answer = send(&stack, "/users/forgot-password", &json!({ "email": nobody })).await?.expect(202)?;
    assert_eq!(answer.json()?, json!({ "email": nobody, "accepted": true }));
    // The answer came after the mail would have gone.
    assert!(stack.mail_to(&nobody).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn mails_are_written_in_the_browsers_language() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    for (accepted, subject, locale) in [
        ("de-AT,de;q=0.9,en;q=0.5", "Bitte bestätigen Sie", json!("de-AT")),
        ("fr", "Confirmez votre adresse", json!("fr")),
        ("tlh, es;q=0.3", "Confirma tu dirección", json!("es")),
        ("tlh", "Confirm your mail address", Value::Null),
    ] {
        let account =
            Account { email: format!("{}@example.com", unique("words")), password: unique("Quite-a-long-sentence") };
        let request = Client::new().post(stack.route("/users/register")).header("accept-language", accepted);
        Answer::to(request.json(&account.credentials())).await?.expect(201)?;
        stack.await_mail(&account.email, subject).await?;
        let person = Person::sign_in(&stack, &account.email, &account.password).await?;
        assert_eq!(person.get("/users/me").await?.expect(200)?.json()?["locale"], locale);
    }
    Ok(())
}

#[tokio::test]
async fn the_documentations_sign_in_form_gets_a_token() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let form = |members: &[(&str, &str)]| Client::new().post(stack.route("/users/token")).form(members);
    let (username, password) = (("username", account.email.as_str()), ("password", account.password.as_str()));

    // As Swagger UI sends it.
    let whole =
        [("grant_type", "password"), username, password, ("scope", ""), ("client_id", ""), ("client_secret", "")];
    let answer = Answer::to(form(&whole)).await?.expect(200)?;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("set-cookie"), None);
    let body = answer.json()?;
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(900)), "{body:#}");
    let token = body["access_token"].as_str().context("no access token")?;
    let me = get_as(&stack, "/users/me", token).await?.expect(200)?.json()?;
    assert_eq!(me["email"], account.email);
    Answer::to(form(&[username, password])).await?.expect(200)?;

    for (members, error) in [
        (vec![("grant_type", "password"), username, ("password", "not the password")], "invalid_grant"),
        (vec![("grant_type", "client_credentials"), username, password], "unsupported_grant_type"),
        (vec![("grant_type", "password"), username], "invalid_request"),
        (vec![username, username, password], "invalid_request"),
    ] {
        let answer = Answer::to(form(&members)).await?.expect(400)?;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let body = answer.json()?;
        assert_eq!(body["error"], error, "{body:#}");
        assert!(body["error_description"].is_string(), "{body:#}");
    }
    problem(&send(&stack, "/users/token", &account.credentials()).await?, 415, "unsupported-media-type")?;
    Ok(())
}

#[tokio::test]
async fn an_access_token_is_verified_by_the_published_key_and_no_other_is_taken() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let published =
        Answer::to(Client::new().get(format!("{}/.well-known/jwks.json", stack.api_url))).await?.expect(200)?;
    assert_eq!(published.header("cache-control"), Some("public, max-age=300"));
    let keys: JwkSet = serde_json::from_slice(&published.body)?;
    let header = jsonwebtoken::decode_header(&person.token)?;
    assert_eq!(header.alg, Algorithm::EdDSA);
    let key = keys.find(header.kid.as_deref().context("no kid")?).context("the token's key is not published")?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["vitae"]);
    validation.set_issuer(&[&stack.api_url]);
    let claims = jsonwebtoken::decode::<Value>(&person.token, &DecodingKey::from_jwk(key)?, &validation)?.claims;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    assert_eq!(claims["sub"], me["user_id"]);
    assert_eq!(claims["role"], "user");
    assert_eq!(claims["amr"], json!(["pwd"]));
    for claim in ["sid", "jti", "auth_time"] {
        assert!(!claims[claim].is_null(), "{claims:#}");
    }

    let parts: Vec<&str> = person.token.split('.').collect();
    let [head, _, signature] = parts.as_slice() else { anyhow::bail!("a token of {} parts", parts.len()) };
    let mut raised = claims.clone();
    raised["role"] = json!("admin");
    let raised = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&raised)?);
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    // The public key, misused as the secret of a symmetric algorithm.
    let confused = jsonwebtoken::encode(
        &jsonwebtoken::Header::new(Algorithm::HS256),
        &claims,
        &jsonwebtoken::EncodingKey::from_secret(&published.body),
    )?;
    for forged in [
        format!("{head}.{raised}.{signature}"),
        format!("{unsigned}.{raised}."),
        confused,
        "x".repeat(4000),
        String::new(),
    ] {
        let answer = get_as(&stack, "/users/me", &forged).await?;
        problem(&answer, 401, "unauthorized")?;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let basic = Client::new().get(stack.route("/users/me")).header(AUTHORIZATION, "Basic YTpi");
    problem(&Answer::to(basic).await?, 401, "unauthorized")?;
    Ok(())
}

#[tokio::test]
async fn a_profile_is_changed_in_part_and_no_change_is_lost() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let read = person.get("/users/me/").await?.expect(200)?;
    let etag = read.header("etag").context("no ETag")?.to_owned();
    let before = read.json()?;
    assert_eq!(before["defaults"]["auto_generate"], true, "{before:#}");

    let patch = |body: Value, if_match: &str| {
        person.request(Method::PATCH, "/users/me").header("if-match", if_match).json(&body)
    };
    let change =
        json!({ "name": "Ada", "locale": "de", "defaults": { "theme": "dark", "links": ["https://ada.example"] } });
    let changed = Answer::to(patch(change, &etag)).await?.expect(200)?;
    let after = changed.json()?;
    assert_eq!(after["name"], "Ada");
    assert_eq!(after["defaults"]["theme"], "dark", "{after:#}");
    assert_eq!(after["created_at"], before["created_at"]);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));
    problem(&Answer::to(patch(json!({ "name": "Eve" }), &etag)).await?, 412, "precondition-failed")?;

    let merge = person
        .request(Method::PATCH, "/users/me")
        .header(CONTENT_TYPE, "application/merge-patch+json")
        .body(r#"{"name":null,"defaults":{"theme":null}}"#);
    let merged = Answer::to(merge).await?.expect(200)?.json()?;
    assert_eq!(merged["name"], Value::Null);
    assert_eq!(merged["defaults"]["theme"], Value::Null, "{merged:#}");
    assert_eq!(merged["defaults"]["links"], json!(["https://ada.example"]), "{merged:#}");
    assert_eq!(person.get("/users/me").await?.expect(200)?.json()?, merged);

    for member in ["role", "email", "email_verified", "password"] {
        let refused = problem(&person.patch("/users/me", &json!({ member: "admin" })).await?, 422, "invalid")?;
        assert_eq!(refused["errors"][0]["pointer"], format!("/{member}"), "{refused:#}");
    }
    Ok(())
}

#[tokio::test]
async fn a_person_sees_their_devices_and_signs_one_out_at_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let login = Client::new().post(stack.route("/users/login?client=native")).header("user-agent", "Telephone/1.0");
    let telephone = Tokens::of(&Answer::to(login.json(&account.credentials())).await?.expect(200)?)?;
    let desk = account.sign_in(&stack).await?;

    let listed = get_as(&stack, "/users/sessions", &desk.access).await?.expect(200)?.json()?;
    let items = listed["items"].as_array().context("no items")?;
    assert_eq!(items.len(), 2, "{listed:#}");
    assert_eq!(items.iter().filter(|item| item["current"] == true).count(), 1, "{listed:#}");
    let other =
        items.iter().find(|item| item["user_agent"] == "Telephone/1.0").context("the telephone is not listed")?;
    assert_eq!(other["current"], false);
    let path = format!("/users/sessions/{}", other["session_id"].as_str().context("no id")?);
    let page = get_as(&stack, "/users/sessions?limit=1", &desk.access).await?.expect(200)?.json()?;
    assert!(page["next_cursor"].is_string(), "{page:#}");
    problem(&get_as(&stack, "/users/sessions?limit=0", &desk.access).await?, 400, "bad-request")?;

    // A stranger learns nothing of the id and ends nothing.
    let stranger = Person::sign_up(&stack).await?;
    problem(&stranger.delete(&path).await?, 404, "not-found")?;
    let end = || Client::new().delete(stack.route(&path)).bearer_auth(&desk.access);
    Answer::to(end()).await?.expect(204)?;
    problem(&Answer::to(end()).await?, 404, "not-found")?;
    problem(&refresh(&stack, &telephone.refresh).await?, 401, "unauthorized")?;
    problem(&get_as(&stack, "/users/sessions", &telephone.access).await?, 401, "unauthorized")?;
    refresh(&stack, &desk.refresh).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_person_signs_every_device_out_by_one_call() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let account = Account::register(&stack).await?;
    let (one, two) = (account.sign_in(&stack).await?, account.sign_in(&stack).await?);
    let end = || Client::new().delete(stack.route("/users/sessions")).bearer_auth(&one.access);
    Answer::to(end()).await?.expect(204)?;
    for tokens in [&one, &two] {
        problem(&refresh(&stack, &tokens.refresh).await?, 401, "unauthorized")?;
    }
    problem(&Answer::to(end()).await?, 401, "unauthorized")?;
    Ok(())
}

#[tokio::test]
async fn requests_that_do_not_fit_are_problems_that_say_so() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let post = |path: &str| Client::new().post(stack.route(path));

    let broken = post("/users/register").header(CONTENT_TYPE, "application/json").body("{\"email\":");
    problem(&Answer::to(broken).await?, 400, "bad-request")?;
    let text = post("/users/register").header(CONTENT_TYPE, "text/plain").body("{}");
    problem(&Answer::to(text).await?, 415, "unsupported-media-type")?;
    let large = post("/users/register").header(CONTENT_TYPE, "application/json").body(vec![b' '; 300 * 1024]);
    problem(&Answer::to(large).await?, 413, "content-too-large")?;
    let query = post("/users/login?client=toaster").json(&json!({ "email": "a@b.org", "password": "x" }));
    problem(&Answer::to(query).await?, 400, "bad-request")?;

    let invalid = json!({ "email": "ada", "password": "short", "name": "" });
    let invalid = problem(&send(&stack, "/users/register/", &invalid).await?, 422, "invalid")?;
    let pointers: Vec<_> =
        invalid["errors"].as_array().into_iter().flatten().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/email", "/password", "/name"], "{invalid:#}");
    let promoted = json!({ "email": "ada@example.org", "password": "a long enough sentence", "role": "admin" });
    let promoted = problem(&send(&stack, "/users/register", &promoted).await?, 422, "invalid")?;
    assert_eq!(promoted["errors"][0]["pointer"], "/role", "{promoted:#}");

    let get = Answer::to(Client::new().get(stack.route("/users/login"))).await?;
    problem(&get, 405, "method-not-allowed")?;
    assert!(get.header("allow").is_some_and(|allow| allow.contains("POST")), "{:?}", get.headers);
    problem(&send(&stack, "/users/no-such-thing", &json!({})).await?, 404, "not-found")?;
    problem(&Answer::to(Client::new().get(stack.route("/users/me"))).await?, 401, "unauthorized")?;
    Ok(())
}

#[tokio::test]
async fn every_answer_carries_its_security_headers() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    for answer in [person.get("/users/me").await?, Answer::to(Client::new().get(stack.route("/users/me"))).await?] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("x-request-id").is_some());
    }
    let me = person.get("/users/me").await?;
    assert!(me.header("ratelimit").is_some() && me.header("ratelimit-policy").is_some(), "{:?}", me.headers);
    Ok(())
}

#[tokio::test]
async fn an_address_is_replaced_by_who_reads_the_new_one_and_the_old_one_is_told() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let other = Person::sign_in(&stack, &person.email, &person.password).await?;
    let taken = Person::sign_up(&stack).await?;
    let new = format!("{}@example.com", unique("new"));
    let confirm = async |token: &str| {
        let body = json!({ "token": token });
        Answer::to(Client::new().post(stack.route("/users/confirm-email")).json(&body)).await
    };
    let token = async |address: &str, subject: &str| {
        let mail = stack.await_mail(address, subject).await?;
        let (_, token) = mail.text.split_once("token=").context("no link")?;
        anyhow::Ok(token.split_whitespace().next().unwrap_or_default().to_owned())
    };
    let verify = token(&person.email, "Confirm your mail address").await?;
    let forgot = Client::new().post(stack.route("/users/forgot-password")).json(&json!({ "email": person.email }));
    Answer::to(forgot).await?.expect(202)?;
    let reset = token(&person.email, "Choose a new password").await?;

    person.post("/users/me/email", &json!({ "email": "ada" })).await?.expect(422)?;
    person.post("/users/me/email", &json!({ "email": person.email.to_uppercase() })).await?.expect(422)?;
    // One that somebody has is answered alike; only they are told, and nothing changes.
    let answer = person.post("/users/me/email", &json!({ "email": taken.email })).await?.expect(202)?.json()?;
    assert_eq!(answer, json!({ "email": taken.email, "accepted": true }));
    stack.await_mail(&taken.email, "You already have an account").await?;
    let answer = person.post("/users/me/email", &json!({ "email": new })).await?.expect(202)?.json()?;
    assert_eq!(answer, json!({ "email": new, "accepted": true }));
    let link = token(&new, "Confirm your new mail address").await?;
    assert_eq!(person.get("/users/me").await?.expect(200)?.json()?["email"], json!(person.email));
    other.get("/users/sessions").await?.expect(200)?;

    // The links of other mails are none of this kind.
    confirm(&reset).await?.expect(422)?;
    confirm(&link).await?.expect(204)?;
    confirm(&link).await?.expect(422)?;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(new), &json!(true)));
    stack.await_mail(&person.email, "Your account has another mail address").await?;
    // Who asked stays signed in, and nobody else.
    person.get("/users/sessions").await?.expect(200)?;
    other.get("/users/sessions").await?.expect(401)?;
    Person::sign_in(&stack, &new, &person.password).await?;
    let login = json!({ "email": person.email, "password": person.password });
    Answer::to(Client::new().post(stack.route("/users/login")).json(&login)).await?.expect(401)?;
    // What was sent to the old address opens nothing any more, and the address is free.
    let body = json!({ "token": reset, "password": unique("Correct-Horse-Battery") });
    Answer::to(Client::new().post(stack.route("/users/reset-password")).json(&body)).await?.expect(422)?;
    let body = json!({ "token": verify });
    Answer::to(Client::new().post(stack.route("/users/verify-email")).json(&body)).await?.expect(422)?;
    Answer::to(Client::new().post(stack.route("/users/register")).json(&login)).await?.expect(201)?;
    Person::sign_in(&stack, &person.email, &person.password).await?;
    Ok(())
}

#[tokio::test]
async fn one_address_wanted_by_many_accounts_at_once_becomes_ones() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let new = format!("{}@example.com", unique("wanted"));
    let mut people = Vec::new();
    for _ in 0..3 {
        let person = Person::sign_up(&stack).await?;
        person.post("/users/me/email", &json!({ "email": new })).await?.expect(202)?;
        people.push(person);
    }
    let tokens = eventually("three mails", std::time::Duration::from_secs(10), async || {
        let mails = stack.mail_to(&new).await?;
        let tokens: Vec<_> = mails
            .iter()
            .filter_map(|mail| mail.text.split_once("confirm-email?token=")?.1.split_whitespace().next())
            .map(str::to_owned)
            .collect();
        Ok((tokens.len() == 3).then_some(tokens))
    })
    .await?;
    let confirm = |token: &String| {
        let body = json!({ "token": token });
        Answer::to(Client::new().post(stack.route("/users/confirm-email")).json(&body))
    };
    let answers = join_all(tokens.iter().map(confirm)).await;
    let done = answers.into_iter().collect::<anyhow::Result<Vec<_>>>()?.iter().filter(|one| one.status == 204).count();
    assert_eq!(done, 1);
    let mut owners = 0;
    for person in &people {
        owners += usize::from(person.get("/users/me").await?.expect(200)?.json()?["email"] == json!(new));
    }
    assert_eq!(owners, 1);
    Ok(())
}
