//! Signing in by other providers, as a browser, the provider and somebody who means harm see it. The providers are played
//! here, so that they can lie; a certified one plays in `tests/browser/accounts.mjs`.
#![expect(clippy::unwrap_used, reason = "the provider here is a part of a test")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vitae_testing::{Answer, Person, Stack, eventually, unique};

/// A key pair and its id.
#[derive(Clone)]
struct Key {
    private: EncodingKey,
    kid: String,
}

impl Key {
    fn new(kid: &str) -> Self {
        // PKCS #8 (RFC 8410, section 7): 16 bytes that are always the same, and 32 random ones.
        let mut der =
            vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        der.extend(uuid::Uuid::new_v4().as_bytes());
        der.extend(uuid::Uuid::new_v4().as_bytes());
        Self { private: EncodingKey::from_ed_der(&der), kid: kid.to_owned() }
    }

    fn public(&self) -> Value {
        let mut key = serde_json::to_value(Jwk::from_encoding_key(&self.private, Algorithm::EdDSA).unwrap()).unwrap();
        key["kid"] = json!(self.kid);
        key
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &self.private).unwrap()
    }
}

/// What makes an id token out of the claims that a good one has.
type Forge = Box<dyn Fn(Value, &Key) -> String + Send>;

/// A code that was given out.
struct Grant {
    claims: Value,
    challenge: String,
    redirect_uri: String,
    forge: Forge,
}

struct Inner {
    url: String,
    keys: Vec<Key>,
    codes: BTreeMap<String, Grant>,
    /// Told at the userinfo endpoint alone.
    userinfo: Value,
    names_itself: bool,
}

/// A provider that says what a test has it say.
#[derive(Clone)]
struct Provider(Arc<Mutex<Inner>>);

impl Provider {
    /// Listens where the stack was told that the provider `id` is. Tests that play the same one take turns.
    async fn play(stack: &Stack, id: &str) -> anyhow::Result<Self> {
        let url = stack.providers.get(id).context("the stack does not know the provider")?.clone();
        let address = url.trim_start_matches("http://").to_owned();
        let listener = eventually("a free port", Duration::from_secs(60), async || {
            Ok(tokio::net::TcpListener::bind(&address).await.ok())
        })
        .await?;
        let inner = Inner {
            url,
            keys: vec![Key::new(&unique("key"))],
            codes: BTreeMap::new(),
            userinfo: Value::Null,
            names_itself: false,
        };
        let provider = Self(Arc::new(Mutex::new(inner)));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/login/oauth/access_token", post(github_token))
            .route("/api/user", get(github_user))
            .route("/api/user/emails", get(github_mails))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(provider)
    }

    /// The person signs in at the page of the provider that `location` is the address of; the code that they come back
    /// with.
    fn grant(&self, location: &str, claims: &Value) -> String {
        self.grant_forged(location, claims, Box::new(|claims, key| key.sign(&claims)))
    }

    fn grant_forged(&self, location: &str, claims: &Value, forge: Forge) -> String {
        let asked = query(location);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", "vitae"));
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut inner = self.0.lock().unwrap();
        let now = Timestamp::now().as_second();
        let mut all =
            json!({ "iss": inner.url, "aud": "vitae", "iat": now, "exp": now + 300, "nonce": asked.get("nonce") });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let code = unique("code");
        let (challenge, redirect_uri) = (asked["code_challenge"].clone(), asked["redirect_uri"].clone());
        inner.codes.insert(code.clone(), Grant { claims: all, challenge, redirect_uri, forge });
        code
    }
}

async fn describe(State(Provider(inner)): State<Provider>) -> Json<Value> {
    let inner = inner.lock().unwrap();
    let at = |path: &str| format!("{}{path}", inner.url);
    Json(json!({
        "issuer": inner.url, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "userinfo_endpoint": at("/userinfo"),
        "authorization_response_iss_parameter_supported": inner.names_itself,
    }))
}

async fn keys(State(Provider(inner)): State<Provider>) -> Json<Value> {
    let inner = inner.lock().unwrap();
    Json(json!({ "keys": inner.keys.iter().map(Key::public).collect::<Vec<_>>() }))
}

/// Exchanges a code as RFC 6749 and RFC 7636 ask: once, with the client's secret, and for who began.
fn exchange(inner: &mut Inner, form: &BTreeMap<String, String>) -> Option<Grant> {
    let grant = inner.codes.remove(form.get("code")?)?;
    let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(form.get("code_verifier")?));
    (grant.challenge == verifier && form.get("redirect_uri") == Some(&grant.redirect_uri)).then_some(grant)
}

async fn token(
    State(Provider(inner)): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let basic = format!("Basic {}", STANDARD.encode("vitae:a+secret%3A+of+%26+tests"));
    if headers.get(header::AUTHORIZATION).is_none_or(|sent| sent != basic.as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut inner = inner.lock().unwrap();
    match exchange(&mut inner, &form) {
        Some(grant) => {
            let id_token = (grant.forge)(grant.claims, &inner.keys[0]);
            Json(json!({ "id_token": id_token, "access_token": "at", "token_type": "Bearer" })).into_response()
        }
        None => (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response(),
    }
}

async fn userinfo(State(Provider(inner)): State<Provider>) -> Json<Value> {
    Json(inner.lock().unwrap().userinfo.clone())
}

async fn github_token(
    State(Provider(inner)): State<Provider>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Json<Value> {
    let mut inner = inner.lock().unwrap();
    let known = form.get("client_secret").is_some_and(|secret| secret == "a secret: of & tests");
    Json(match exchange(&mut inner, &form).filter(|_| known) {
        Some(grant) => {
            inner.userinfo = grant.claims;
            json!({ "access_token": "at", "token_type": "bearer", "scope": "read:user,user:email" })
        }
        None => json!({ "error": "bad_verification_code" }),
    })
}

async fn github_user(State(Provider(inner)): State<Provider>) -> Json<Value> {
    Json(inner.lock().unwrap().userinfo["user"].clone())
}

async fn github_mails(State(Provider(inner)): State<Provider>) -> Json<Value> {
    Json(inner.lock().unwrap().userinfo["emails"].clone())
}

fn query(url: &str) -> BTreeMap<String, String> {
    reqwest::Url::parse(url).unwrap().query_pairs().map(|(name, value)| (name.into(), value.into())).collect()
}

/// A browser that follows no redirect by itself, so that a test sees each.
struct Browser {
    stack: Stack,
    client: Client,
}

impl Browser {
    fn new(stack: &Stack) -> Self {
        let client = Client::builder().redirect(Policy::none()).cookie_store(true).build().unwrap();
        Self { stack: stack.clone(), client }
    }

    /// Where the browser is sent to sign in.
    async fn start(&self, id: &str) -> anyhow::Result<String> {
        let url = self.stack.route(&format!("/users/oauth/{id}/start?return_to=/welcome?x=1"));
        let answer = Answer::to(self.client.get(url)).await?.expect(303)?;
        Ok(answer.header("location").context("no location")?.to_owned())
    }

    /// Where the browser is sent when it comes back.
    async fn come_back(&self, id: &str, query: &[(&str, &str)]) -> anyhow::Result<String> {
        let url = self.stack.route(&format!("/users/oauth/{id}/callback"));
        let answer = Answer::to(self.client.get(url).query(query)).await?.expect(303)?;
        let location = answer.header("location").context("no location")?;
        let path = location.strip_prefix(&self.stack.api_url).context("it leads out of the app")?;
        assert!(path.starts_with('/') && !path.starts_with("//"), "{location}");
        Ok(path.to_owned())
    }

    async fn finish(&self, ticket: &str) -> anyhow::Result<Answer> {
        let url = self.stack.route("/users/oauth/finish");
        Answer::to(self.client.post(url).json(&json!({ "ticket": ticket }))).await
    }

    /// The whole way, up to where the browser is sent at last.
    async fn sign_in(&self, id: &str, provider: &Provider, claims: &Value) -> anyhow::Result<String> {
        let location = self.start(id).await?;
        let code = provider.grant(&location, claims);
        self.come_back(id, &[("state", &query(&location)["state"]), ("code", &code), ("session_state", "x")]).await
    }
}

fn ticket(path: &str) -> anyhow::Result<String> {
    Ok(path.strip_prefix("/welcome?x=1#oauth_ticket=").with_context(|| path.to_owned())?.to_owned())
}

fn refused(why: &str) -> String {
    format!("/welcome?x=1#oauth_error={why}")
}

fn claims_of(access_token: &Value) -> anyhow::Result<Value> {
    let payload = access_token.as_str().and_then(|token| token.split('.').nth(1)).context("no token")?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}

/// Somebody at a provider, with an address that nobody has.
fn somebody() -> Value {
    let subject = unique("subject");
    json!({ "sub": subject, "email": format!("{subject}@example.com"), "email_verified": true, "name": "Ada King" })
}

#[tokio::test]
async fn who_comes_from_a_provider_gets_an_account_and_finds_it_again() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let provider = Provider::play(&stack, "issuer-1").await?;
    let listed = Answer::to(Client::new().get(stack.route("/users/oauth"))).await?.expect(200)?.json()?;
    assert!(listed["items"].as_array().context("no list")?.iter().any(|one| one["provider"] == "issuer-1"));
    let (browser, ada) = (Browser::new(&stack), somebody());
    let path = browser.sign_in("issuer-1", &provider, &ada).await?;
    let signed_in = browser.finish(&ticket(&path)?).await?.expect(200)?;
    let cookies: Vec<_> = signed_in.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|cookie| cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly")));
    let body = signed_in.json()?;
    assert_eq!(claims_of(&body["access_token"])?["amr"], json!(["fed"]));
    let user = &body["user"];
    assert_eq!((&user["email"], &user["name"]), (&ada["email"], &ada["name"]), "{body:#}");
    assert_eq!((&user["email_verified"], &user["has_password"]), (&json!(true), &json!(false)));
    assert_eq!(user["identities"][0]["provider"], "issuer-1");
    // A browser goes on with its cookie as after any sign-in.
    let refresh = browser.client.post(stack.route("/users/refresh"));
    let refresh = refresh.header("x-csrf-token", body["csrf_token"].as_str().context("no token")?);
    Answer::to(refresh).await?.expect(200)?;

    // No password opens the account, and it is not told that there is none.
    let login = json!({ "email": ada["email"], "password": "none" });
    Answer::to(Client::new().post(stack.route("/users/login")).json(&login)).await?.expect(401)?;
    // The only way in stays.
    let token = body["access_token"].as_str().context("no token")?;
    let unlink = || Client::new().delete(stack.route("/users/oauth/issuer-1")).bearer_auth(token);
    Answer::to(unlink()).await?.expect(409)?;

    // Another time, from another browser, with another address there: the same account.
    let mut moved = ada.clone();
    moved["email"] = json!("elsewhere@example.com");
    let other = Browser::new(&stack);
    let path = other.sign_in("issuer-1", &provider, &moved).await?;
    let again = other.finish(&ticket(&path)?).await?.expect(200)?.json()?;
    assert_eq!(again["user"]["user_id"], user["user_id"]);
    assert_eq!(again["user"]["email"], ada["email"]);

    // With a password there is another way in, and the provider can go.
    let email = ada["email"].as_str().context("no address")?;
    let forgot = Client::new().post(stack.route("/users/forgot-password")).json(&json!({ "email": email }));
    Answer::to(forgot).await?.expect(202)?;
    let mail = stack.await_mail(email, "Choose a new password").await?;
    let (_, secret) = mail.text.split_once("token=").context("no link")?;
    let password = unique("Correct-Horse-Battery");
    let reset = json!({ "token": secret.split_whitespace().next(), "password": password });
    Answer::to(Client::new().post(stack.route("/users/reset-password")).json(&reset)).await?.expect(204)?;
    let person = Person::sign_in(&stack, email, &password).await?;
    let profile = person.delete("/users/oauth/issuer-1").await?.expect(200)?.json()?;
    assert_eq!((&profile["identities"], &profile["has_password"]), (&json!([]), &json!(true)));
    person.delete("/users/oauth/issuer-1").await?.expect(404)?;
    stack.await_mail(email, "A way to sign in was removed").await?;
    assert_eq!(Browser::new(&stack).sign_in("issuer-1", &provider, &ada).await?, refused("address_taken"));
    let trail = person.get("/users/me/audit").await?.expect(200)?.text();
    assert!(trail.contains("identity_unlinked"), "{trail}");
    Ok(())
}

#[tokio::test]
async fn an_id_token_that_is_not_what_it_should_be_opens_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let provider = Provider::play(&stack, "issuer-2").await?;
    let with = |name: &'static str, value: Value| -> Forge {
        Box::new(move |mut claims, key| {
            claims[name] = value.clone();
            key.sign(&claims)
        })
    };
    let without = |name: &'static str| -> Forge {
        Box::new(move |mut claims, key| {
            claims.as_object_mut().unwrap().remove(name);
            key.sign(&claims)
        })
    };
    let headed = |header: Value| -> Forge {
        Box::new(move |claims, _| {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.", part(&header), part(&claims))
        })
    };
    let now = Timestamp::now().as_second();
    let forgeries: Vec<(&str, Forge)> = vec![
        ("a wrong nonce", with("nonce", json!("another"))),
        ("no nonce", without("nonce")),
        ("a foreign issuer", with("iss", json!("https://accounts.google.com"))),
        ("no issuer", without("iss")),
        ("another audience", with("aud", json!("another client"))),
        ("one audience among others", with("aud", json!(["vitae", "another client"]))),
        ("another authorised party", with("azp", json!("another client"))),
        ("expired", with("exp", json!(now - 3600))),
        ("no end", without("exp")),
        ("not yet good", with("nbf", json!(now + 3600))),
        ("made long ago", with("iat", json!(now - 7200))),
        ("no subject", without("sub")),
        ("an empty subject", with("sub", json!(""))),
        ("a number for a subject", with("sub", json!(7))),
        ("nobody's signature", headed(json!({ "alg": "none", "typ": "JWT" }))),
        ("nobody's signature, by another word", headed(json!({ "alg": "None", "typ": "JWT" }))),
        ("another's key", Box::new(|claims, key| Key::new(&key.kid).sign(&claims))),
        ("a key that nobody knows", Box::new(|claims, _| Key::new("second").sign(&claims))),
        (
            "a key that it brings along",
            Box::new(|claims, key| {
                let own = Key::new(&key.kid);
                let jwk = serde_json::from_value(own.public()).unwrap();
                let header = Header { jwk: Some(jwk), ..Header::new(Algorithm::EdDSA) };
                jsonwebtoken::encode(&header, &claims, &own.private).unwrap()
            }),
        ),
        (
            "the public key as a shared secret",
            Box::new(|claims, key| {
                let x = URL_SAFE_NO_PAD.decode(key.public()["x"].as_str().unwrap()).unwrap();
                let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
                jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&x)).unwrap()
            }),
        ),
        (
            "the client's secret as a shared secret",
            Box::new(|claims, _| {
                let secret = EncodingKey::from_secret(b"a secret: of & tests");
                jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap()
            }),
        ),
        (
            "a token for another use",
            Box::new(|claims, key| {
                let typ = Some("at+jwt".to_owned());
                let header = Header { typ, kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
                jsonwebtoken::encode(&header, &claims, &key.private).unwrap()
            }),
        ),
        (
            "a signature that was changed",
            Box::new(|claims, key| {
                let good = key.sign(&claims);
                let (unsigned, signature) = good.rsplit_once('.').unwrap();
                format!("{unsigned}.{}", signature.chars().rev().collect::<String>())
            }),
        ),
        ("no token", Box::new(|_, _| "nonsense".to_owned())),
        ("too much", with("filler", json!("x".repeat(20_000)))),
    ];
    for (what, forge) in forgeries {
        let browser = Browser::new(&stack);
        let location = browser.start("issuer-2").await?;
        let code = provider.grant_forged(&location, &somebody(), forge);
        let path = browser.come_back("issuer-2", &[("state", &query(&location)["state"]), ("code", &code)]).await?;
        assert_eq!(path, refused("failed"), "{what}");
    }
    // The same without a lie, or nothing above would mean anything.
    let browser = Browser::new(&stack);
    let path = browser.sign_in("issuer-2", &provider, &somebody()).await?;
    browser.finish(&ticket(&path)?).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn what_was_stolen_or_used_before_opens_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let provider = Provider::play(&stack, "issuer-3").await?;
    let begin = async |browser: &Browser| {
        let location = browser.start("issuer-3").await?;
        let code = provider.grant(&location, &somebody());
        anyhow::Ok((query(&location)["state"].clone(), code))
    };
    let (browser, thief) = (Browser::new(&stack), Browser::new(&stack));

    // A code and its state are worth nothing to another browser, and then to nobody.
    let (state, code) = begin(&browser).await?;
    let stolen = [("state", state.as_str()), ("code", &code)];
    assert_eq!(thief.come_back("issuer-3", &stolen).await?, "/#oauth_error=expired");
    assert_eq!(browser.come_back("issuer-3", &stolen).await?, "/#oauth_error=expired");
    // Nor to one that has begun something of its own.
    let (state, code) = begin(&browser).await?;
    begin(&thief).await?;
    assert_eq!(thief.come_back("issuer-3", &[("state", &state), ("code", &code)]).await?, "/#oauth_error=expired");
    // A stolen code under the thief's own state: the verifier is another's.
    let (_, code) = begin(&browser).await?;
    let (own_state, _) = begin(&thief).await?;
    assert_eq!(thief.come_back("issuer-3", &[("state", &own_state), ("code", &code)]).await?, refused("failed"));

    // State and code are good once.
    let (state, code) = begin(&browser).await?;
    let once = [("state", state.as_str()), ("code", &code)];
    let good = ticket(&browser.come_back("issuer-3", &once).await?)?;
    assert_eq!(browser.come_back("issuer-3", &once).await?, "/#oauth_error=expired");
    let (state, _) = begin(&browser).await?;
    assert_eq!(browser.come_back("issuer-3", &[("state", &state), ("code", &code)]).await?, refused("failed"));

    // A ticket is this browser's, and good once.
    let (state, code) = begin(&browser).await?;
    let other = ticket(&browser.come_back("issuer-3", &[("state", &state), ("code", &code)]).await?)?;
    thief.finish(&other).await?.expect(401)?;
    Browser::new(&stack).finish(&other).await?.expect(401)?;
    browser.finish(&good).await?.expect(401)?;
    browser.finish(&other).await?.expect(200)?;
    browser.finish(&other).await?.expect(401)?;
    for nonsense in ["", "x", &"A".repeat(43)] {
        browser.finish(nonsense).await?.expect(401)?;
    }

    // What another issuer made, or what comes back by another's door, is not taken for this one's.
    let (state, code) = begin(&browser).await?;
    let mixed = [("state", state.as_str()), ("code", &code), ("iss", "http://127.0.0.1:9")];
    assert_eq!(browser.come_back("issuer-3", &mixed).await?, refused("failed"));
    let (state, code) = begin(&browser).await?;
    let door = [("state", state.as_str()), ("code", &code)];
    assert_eq!(browser.come_back("issuer-6", &door).await?, "/#oauth_error=expired");

    // The person says no; whatever else the provider says is no answer.
    let (state, _) = begin(&browser).await?;
    let no = [("state", state.as_str()), ("error", "access_denied"), ("error_description", "<script>")];
    assert_eq!(browser.come_back("issuer-3", &no).await?, refused("denied"));
    let (state, _) = begin(&browser).await?;
    assert_eq!(browser.come_back("issuer-3", &[("state", &state)]).await?, refused("failed"));
    for made_up in ["", "x", &"A".repeat(43), &"A".repeat(3000)] {
        let path = browser.come_back("issuer-3", &[("state", made_up), ("code", "x")]).await?;
        assert_eq!(path, "/#oauth_error=expired");
    }
    // The way back leads into the app alone.
    for out in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/.//evil.example"]
    {
        let url = stack.route("/users/oauth/issuer-3/start");
        Answer::to(browser.client.get(url).query(&[("return_to", out)])).await?.expect(400)?;
    }
    Answer::to(browser.client.get(stack.route("/users/oauth/nobody/start"))).await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn an_account_is_opened_to_a_provider_by_its_owner_alone() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let provider = Provider::play(&stack, "issuer-4").await?;
    let person = Person::sign_up(&stack).await?;
    let browser = Browser::new(&stack);

    // An address proves nothing here, verified or not; and who has no verified one gets no account.
    let mut same = somebody();
    same["email"] = json!(person.email.to_uppercase());
    assert_eq!(browser.sign_in("issuer-4", &provider, &same).await?, refused("address_taken"));
    for unverified in [json!(false), json!(1), Value::Null] {
        same["email_verified"] = unverified;
        assert_eq!(browser.sign_in("issuer-4", &provider, &same).await?, refused("address_unverified"));
    }

    // Signed in, with a proof of now, the owner adds it.
    let begin = async |person: &Person, browser: &Browser| {
        let wish = json!({ "return_to": "/welcome?x=1" });
        let url = stack.route("/users/oauth/issuer-4/link");
        let request = browser.client.request(Method::POST, url).bearer_auth(&person.token).json(&wish);
        let body = Answer::to(request).await?.expect(200)?.json()?;
        anyhow::Ok(body["authorization_url"].as_str().context("no address")?.to_owned())
    };
    let location = begin(&person, &browser).await?;
    let code = provider.grant(&location, &same);
    let state = query(&location)["state"].clone();
    // Another browser cannot have its own account added to somebody else's.
    let thief = Browser::new(&stack);
    let stolen = [("state", state.as_str()), ("code", &code)];
    assert_eq!(thief.come_back("issuer-4", &stolen).await?, "/#oauth_error=expired");
    let location = begin(&person, &browser).await?;
    let code = provider.grant(&location, &same);
    let path = browser.come_back("issuer-4", &[("state", &query(&location)["state"]), ("code", &code)]).await?;
    assert_eq!(path, "/welcome?x=1#oauth_linked=issuer-4");
    stack.await_mail(&person.email, "A new way to sign in").await?;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    assert_eq!(me["identities"][0]["provider"], "issuer-4");
    person.post("/users/oauth/issuer-4/link", &json!({})).await?.expect(409)?;
    let path = browser.sign_in("issuer-4", &provider, &same).await?;
    let signed_in = browser.finish(&ticket(&path)?).await?.expect(200)?.json()?;
    assert_eq!(signed_in["user"]["user_id"], me["user_id"]);

    // A second factor is asked for as after a password.
    stack.turn_second_factor_on(&person).await?;
    let path = browser.sign_in("issuer-4", &provider, &same).await?;
    let asked = browser.finish(&ticket(&path)?).await?.expect(200)?.json()?;
    assert!(asked["mfa_required"] == true && asked.get("access_token").is_none(), "{asked:#}");

    // What is one person's is not added to another's account.
    let other = Person::sign_up(&stack).await?;
    let location = begin(&other, &browser).await?;
    let code = provider.grant(&location, &same);
    let path = browser.come_back("issuer-4", &[("state", &query(&location)["state"]), ("code", &code)]).await?;
    assert_eq!(path, refused("not_yours"));
    // Nor is anything once who began has signed out.
    let location = begin(&other, &browser).await?;
    Answer::to(other.request(Method::POST, "/users/logout")).await?.expect(204)?;
    let code = provider.grant(&location, &somebody());
    let path = browser.come_back("issuer-4", &[("state", &query(&location)["state"]), ("code", &code)]).await?;
    assert_eq!(path, refused("expired"));

    // Who leaves can come again as somebody new.
    let before = me["user_id"].clone();
    person.delete("/users/me").await?.expect(202)?;
    same["email_verified"] = json!(true);
    let new = eventually("a new account", Duration::from_secs(60), async || {
        let browser = Browser::new(&stack);
        let path = browser.sign_in("issuer-4", &provider, &same).await?;
        let Ok(ticket) = ticket(&path) else { return Ok(None) };
        Ok(Some(browser.finish(&ticket).await?.expect(200)?.json()?))
    })
    .await?;
    assert_ne!(new["user"]["user_id"], before);
    Ok(())
}

#[tokio::test]
async fn a_provider_may_change_its_keys_and_names_itself_where_it_says_so() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let provider = Provider::play(&stack, "issuer-5").await?;
    provider.0.lock().unwrap().names_itself = true;
    let url = provider.0.lock().unwrap().url.clone();
    let ada = somebody();
    // Some providers tell the address at another place; it must be of the same person.
    let mut bare = ada.clone();
    for name in ["email", "email_verified", "name"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    let sign_in = async |issuer: Option<&str>| {
        let browser = Browser::new(&stack);
        let location = browser.start("issuer-5").await?;
        let (code, state) = (provider.grant(&location, &bare), query(&location)["state"].clone());
        let mut back = vec![("state", state.as_str()), ("code", &code)];
        back.extend(issuer.map(|issuer| ("iss", issuer)));
        browser.come_back("issuer-5", &back).await
    };
    // It says that it names itself in each answer; one that does not is not its.
    assert_eq!(sign_in(None).await?, refused("failed"));
    provider.0.lock().unwrap().userinfo =
        json!({ "sub": "somebody else", "email": ada["email"], "email_verified": true });
    assert_eq!(sign_in(Some(&url)).await?, refused("failed"));
    provider.0.lock().unwrap().userinfo = ada.clone();
    ticket(&sign_in(Some(&url)).await?)?;
    // A new key is found.
    provider.0.lock().unwrap().keys = vec![Key::new(&unique("key")), Key::new(&unique("key"))];
    ticket(&sign_in(Some(&url)).await?)?;
    // One that nobody has is none.
    let browser = Browser::new(&stack);
    let location = browser.start("issuer-5").await?;
    let forge: Forge = Box::new(|claims, _| Key::new("made up").sign(&claims));
    let (code, state) = (provider.grant_forged(&location, &bare, forge), query(&location)["state"].clone());
    let path = browser.come_back("issuer-5", &[("state", &state), ("code", &code), ("iss", &url)]).await?;
    assert_eq!(path, refused("failed"));
    Ok(())
}

#[tokio::test]
async fn github_is_believed_its_primary_verified_address_alone() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let provider = Provider::play(&stack, "github").await?;
    let address = |name: &str| format!("{}@example.com", unique(name));
    let (primary, other) = (address("primary"), address("other"));
    let id = u64::try_from(Timestamp::now().as_microsecond())?;
    let account = |verified: bool| {
        json!({
            "user": { "id": id, "login": "ada", "name": "Ada King", "email": other },
            "emails": [
                { "email": other, "primary": false, "verified": true },
                { "email": primary, "primary": true, "verified": verified },
            ],
        })
    };
    let browser = Browser::new(&stack);
    let unverified = browser.sign_in("github", &provider, &account(false)).await?;
    assert_eq!(unverified, refused("address_unverified"));
    let path = browser.sign_in("github", &provider, &account(true)).await?;
    let signed_in = browser.finish(&ticket(&path)?).await?.expect(200)?.json()?;
    assert_eq!(signed_in["user"]["email"], json!(primary));
    // Whoever is known by their number needs no address any more.
    let path = browser.sign_in("github", &provider, &account(false)).await?;
    let again = browser.finish(&ticket(&path)?).await?.expect(200)?.json()?;
    assert_eq!(again["user"]["user_id"], signed_in["user"]["user_id"]);
    Ok(())
}
