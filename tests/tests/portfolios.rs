//! A portfolio from its making to its removal, over the front doors.

use std::time::Duration;

use anyhow::Context;
use reqwest::header::{CONTENT_TYPE, IF_MATCH};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use vitae_testing::{Answer, Person, Stack, eventually, unique};

const PATIENCE: Duration = Duration::from_secs(60);
const PHONE: &str = "+44 20 7946 0132";

/// A person with an imported CV and a draft portfolio of it: the person, the CV's id and the portfolio's path.
async fn with_draft(stack: &Stack, name: &str) -> anyhow::Result<(Person, String, String)> {
    let person = Person::sign_up(stack).await?;
    let resume = json!({
        "basics": {
            "name": name, "label": "Analyst", "email": "ada@example.org", "phone": PHONE,
            "summary": "I write programs for engines that are not built yet.",
            "location": {"address": "12 St James's Square", "city": "London", "countryCode": "GB"},
        },
        "work": [{"name": "Analytical Engines", "position": "Analyst", "startDate": "2019-04", "highlights": ["Wrote the first program"]}],
        "skills": [{"name": "Mathematics", "keywords": ["Bernoulli numbers"]}],
    });
    let cv = person.post("/cv/import", &resume).await?.expect(201)?.json()?;
    let cv_id = cv["cv_id"].as_str().context("cv_id")?.to_owned();
    let body = json!({ "cv_id": cv_id, "template_id": "minimal-portfolio" });
    let made = person.post("/portfolio/generate", &body).await?.expect(202)?.json()?;
    finish(&person, &made).await?;
    let path = format!("/portfolio/{}", made["portfolio_id"].as_str().context("portfolio_id")?);
    Ok((person, cv_id, path))
}

async fn finish(person: &Person, made: &Value) -> anyhow::Result<Value> {
    let job = person.job_until_done(made["job_id"].as_str().context("job_id")?, PATIENCE).await?;
    anyhow::ensure!(job["status"] == "completed", "{job:#}");
    Ok(job)
}

async fn visit(url: &str) -> anyhow::Result<Answer> {
    Answer::to(Client::new().get(url)).await
}

/// No file of a site can be seen, at once: nothing waits for a cache here.
async fn is_gone(url: &str) -> anyhow::Result<()> {
    for file in ["", "/resume.json", "/contact.vcf", "/og.png", "/source-sans-3-core.woff2"] {
        let status = visit(&format!("{url}{file}")).await?.status;
        anyhow::ensure!(status.is_client_error(), "{url}{file} answers {status}");
    }
    Ok(())
}

/// The paths that CloudFront was asked to forget since the stack was started.
async fn forgotten(stack: &Stack) -> anyhow::Result<Vec<String>> {
    let aws = stack.aws();
    let (parameters, cloudfront) = (aws.systems_manager().context("a signer")?, aws.cloudfront().context("a signer")?);
    let ask = async |request: reqwest::RequestBuilder, signature: Vec<(String, String)>| {
        let signed = signature.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        Ok::<_, anyhow::Error>(Answer::to(signed).await?.expect(200)?.text())
    };
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameter")];
    let body = json!({ "Name": format!("/{}/sites-front-door", stack.stack_name) }).to_string();
    let url = parameters.url("/");
    let request = headers.iter().fold(Client::new().post(&url), |request, (name, value)| request.header(*name, *value));
    let said = ask(request.body(body.clone()), parameters.sign("POST", &url, &headers, body.as_bytes())?).await?;
    let said: Value = serde_json::from_str(&said)?;
    let value: Value = serde_json::from_str(said["Parameter"]["Value"].as_str().context("a value")?)?;
    let distribution = value["distribution"].as_str().context("a distribution")?;

    let get = async |path: &str| {
        let url = cloudfront.url(path);
        ask(Client::new().get(&url), cloudfront.sign("GET", &url, &[], b"")?).await
    };
    let list = format!("/2020-05-31/distribution/{distribution}/invalidation");
    let within = |text: &str, tag: &str| -> Vec<String> {
        let start = format!("<{tag}>");
        let parts = text.split(&start).skip(1);
        parts.filter_map(|part| part.split('<').next()).map(str::to_owned).collect()
    };
    let mut paths = Vec::new();
    for id in within(&get(&list).await?, "Id") {
        paths.extend(within(&get(&format!("{list}/{id}")).await?, "Path"));
    }
    Ok(paths)
}

#[tokio::test]
async fn a_portfolio_is_made_published_changed_and_taken_down() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let name = format!("Ada {}", unique("lovelace"));
    let (person, _, path) = with_draft(&stack, &name).await?;

    let draft = person.get(&path).await?.expect(200)?.json()?;
    assert_eq!((&draft["status"], &draft["publication"]), (&json!("draft"), &Value::Null));
    let preview = person.get(&format!("{path}/preview")).await?.expect(200)?;
    assert!(preview.text().contains(&name) && preview.text().contains("content=\"noindex\""));
    assert!(preview.header("content-security-policy").is_some_and(|policy| policy.starts_with("sandbox;")));
    let bare = Answer::to(Client::new().get(stack.route(&format!("{path}/preview")))).await?;
    bare.expect(401)?;

    let published = person.post(&format!("{path}/publish"), &json!({})).await?.expect(200)?.json()?;
    let url = published["url"].as_str().context("url")?;
    let slug = published["slug"].as_str().context("slug")?;
    assert_eq!(url, format!("{}/p/{slug}", stack.sites_url));
    for address in [url.to_owned(), format!("{url}/")] {
        let page = visit(&address).await?.expect(200)?;
        assert!(page.header("content-type").is_some_and(|t| t.starts_with("text/html")), "{address}");
        assert!(page.text().contains(&name) && page.text().contains("noindex"), "{address}");
    }
    let picture = visit(&format!("{url}/og.png")).await?.expect(200)?;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert!(visit(url).await?.text().contains(&format!("{url}/og.png")));
    let font = visit(&format!("{url}/source-sans-3-core.woff2")).await?.expect(200)?;
    assert_eq!(font.header("content-type"), Some("font/woff2"));
    assert!(font.body.starts_with(b"wOF2"));
    for file in ["resume.json", "contact.vcf"] {
        let text = visit(&format!("{url}/{file}")).await?.expect(200)?.text();
        assert!(text.contains(&name) && text.contains("ada@example.org"), "{file}");
        assert!(!text.contains(PHONE) && !text.contains("442079460132") && !text.contains("St James"), "{file}");
    }

    let patch = json!({"customizations": {"contact": {"phone": true}, "colors": {"light": {"text": "#eeeeee"}}}});
    let changed = person.patch(&path, &patch).await?.expect(200)?.json()?;
    assert_eq!(changed["adjustments"][0]["pointer"], "/customizations/colors/light/text");
    assert!(visit(url).await?.expect(200)?.text().contains(PHONE), "what is published follows a change");

    assert!(forgotten(&stack).await?.iter().all(|path| !path.contains(slug)), "it was never taken down");
    person.post(&format!("{path}/unpublish"), &json!({})).await?.expect(200)?;
    is_gone(url).await?;
    let told =
        async || Ok::<_, anyhow::Error>(forgotten(&stack).await?.iter().filter(|path| path.contains(slug)).count());
    assert_eq!(told().await?, 1, "the front door is told once, before the answer");

    person.post(&format!("{path}/publish"), &json!({"indexable": true})).await?.expect(200)?;
    assert!(!visit(url).await?.expect(200)?.text().contains("noindex"), "the slug is kept, and indexing was asked for");
    person.delete(&path).await?.expect(204)?;
    person.get(&path).await?.expect(404)?;
    assert_eq!(told().await?, 2);
    is_gone(url).await
}

#[tokio::test]
async fn the_front_door_is_told_of_addresses_that_were_left_hidden_or_erased() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let publish = format!("{path}/publish");
    let told = async |slug: &str| {
        let own = format!("/p/{slug}/*");
        Ok::<_, anyhow::Error>(forgotten(&stack).await?.contains(&own))
    };
    let (old, new) = (unique("left"), unique("hidden"));
    for slug in [&old, &new] {
        person.post(&publish, &json!({ "slug": slug })).await?.expect(200)?;
    }
    assert!(told(&old).await? && !told(&new).await?, "the address was changed");
    let protected = json!({"visibility": "password", "password": "open sesame"});
    person.post(&publish, &protected).await?.expect(200)?;
    assert!(told(&new).await?, "it stands behind a password now");

    let erased = unique("erased");
    person.post(&publish, &json!({"slug": erased, "visibility": "public"})).await?.expect(200)?;
    assert!(!told(&erased).await?);
    person.delete("/users/me").await?.expect(202)?;
    eventually("the door being told of an erased account", PATIENCE, async || Ok(told(&erased).await?.then_some(())))
        .await
}

#[tokio::test]
async fn nothing_that_can_be_seen_of_a_portfolio_is_kept_for_longer_than_a_minute() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let published =
        person.post(&format!("{path}/publish"), &json!({ "slug": unique("minute") })).await?.expect(200)?.json()?;
    let url = published["url"].as_str().context("url")?;
    let lasts = async |file: &str| {
        let answer = visit(&format!("{url}{file}")).await?;
        let header = answer.header("cache-control").unwrap_or_default().to_owned();
        anyhow::ensure!(!header.contains("stale") && !header.contains("immutable"), "{file}: {header}");
        let seconds = |part: &str| {
            let part = part.trim();
            part.strip_prefix("max-age=").or_else(|| part.strip_prefix("s-maxage="))?.parse().ok()
        };
        let ages: Vec<u64> = header.split(',').filter_map(seconds).collect();
        anyhow::ensure!(!ages.is_empty() && ages.iter().all(|age| *age <= 60), "{file}: {header}");
        anyhow::Ok(answer.status)
    };
    eventually("resume.pdf being there", PATIENCE, async || {
        Ok((visit(&format!("{url}/resume.pdf")).await?.status == 200).then_some(()))
    })
    .await?;
    let files = ["", "/", "/resume.json", "/resume.pdf", "/contact.vcf", "/og.png", "/source-sans-3-core.woff2"];
    for file in files {
        assert_eq!(lasts(file).await?, 200, "{file}");
    }
    person.post(&format!("{path}/unpublish"), &json!({})).await?.expect(200)?;
    for file in files {
        assert_eq!(lasts(file).await?, 404, "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn a_slug_belongs_to_one_portfolio() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let slug = unique("countess");
    let (ada, _, hers) = with_draft(&stack, "Ada Lovelace").await?;
    let (bob, _, his) = with_draft(&stack, "Bob Babbage").await?;
    let wish = json!({ "slug": slug });
    let (hers, his_own) = (format!("{hers}/publish"), format!("{his}/publish"));
    let (one, two) = tokio::join!(ada.post(&hers, &wish), bob.post(&his_own, &wish));
    let (one, two) = (one?, two?);
    let ada_won = one.status == 200;
    let (won, lost) = if ada_won { (one, two) } else { (two, one) };
    won.expect(200)?;
    let refused = lost.expect(409)?.json()?;
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains(&format!("{slug}-cv"))), "{refused}");

    let reserved = bob.post(&format!("{his}/publish"), &json!({"slug": "admin"})).await?.expect(422)?.json()?;
    assert_eq!(reserved["errors"][0]["pointer"], "/slug");
    let unlisted =
        bob.post(&format!("{his}/publish"), &json!({"visibility": "unlisted"})).await?.expect(200)?.json()?;
    assert!(unlisted["slug"].as_str().is_some_and(|slug| slug.len() == 32), "{unlisted}");
    // Whoever won has the address; when Bob did, he has just left it.
    let address = format!("{}/p/{slug}", stack.sites_url);
    if ada_won {
        assert!(visit(&address).await?.expect(200)?.text().contains("Ada Lovelace"));
    } else {
        is_gone(&address).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_portfolio_has_a_host_of_its_own_and_no_other_is_there() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let published =
        person.post(&format!("{path}/publish"), &json!({ "slug": unique("host") })).await?.expect(200)?.json()?;
    let slug = published["slug"].as_str().context("slug")?;
    let on_host = async |slug: &str, file: &str| {
        let request = Client::new().get(format!("{}/{file}", stack.sites_url));
        Answer::to(request.header("host", format!("{slug}.localhost"))).await
    };
    assert!(on_host(slug, "").await?.expect(200)?.text().contains("Ada Lovelace"));
    assert_eq!(on_host(slug, "resume.json").await?.expect(200)?.json()?["basics"]["name"], "Ada Lovelace");
    on_host(&unique("nobody"), "").await?.expect(404)?;
    on_host(&unique("nobody"), &format!("p/{slug}/")).await?.expect(404)?;
    person.post(&format!("{path}/unpublish"), &json!({})).await?.expect(200)?;
    on_host(slug, "").await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn a_protected_portfolio_shows_nothing_before_its_password() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let name = format!("Ada {}", unique("lovelace"));
    let (person, _, path) = with_draft(&stack, &name).await?;
    let publish = format!("{path}/publish");
    person.post(&publish, &json!({"visibility": "password"})).await?.expect(422)?;
    let wish = json!({"visibility": "password", "password": "open sesame"});
    let published = person.post(&publish, &wish).await?.expect(200)?.json()?;
    assert_eq!(published["visibility"], "password");
    assert!(!published.to_string().contains("argon2") && !published.to_string().contains("sesame"));
    let url = published["url"].as_str().context("url")?;
    let slug = published["slug"].as_str().context("slug")?;
    assert_eq!(slug.len(), 32, "the address does not tell the name");

    let shut = async |client: &Client| {
        for file in
            ["", "/", "/index.html", "/resume.json", "/resume.pdf", "/contact.vcf", "/og.png", "/no-such-file.txt"]
        {
            let answer = Answer::to(client.get(format!("{url}{file}"))).await?.expect(401)?;
            let text = answer.text();
            anyhow::ensure!(text.contains("Password") && !text.contains(&name), "{file}: {text}");
            anyhow::ensure!(!text.contains("ada@example.org") && !text.contains("Analyst"), "{file}");
            let header = |name| answer.header(name).unwrap_or_default();
            anyhow::ensure!((header("cache-control"), header("x-robots-tag")) == ("no-store", "noindex"), "{file}");
        }
        anyhow::Ok(())
    };
    let visitor = Client::builder().cookie_store(true).build()?;
    shut(&visitor).await?;
    visit(&format!("{}/p/{slug}", stack.api_url)).await?.expect(404).context("the app's host shows no portfolio")?;
    let unlock = format!("{}/unlock/{slug}", stack.sites_url);
    let wrong = Answer::to(visitor.post(&unlock).form(&[("password", "open barley")])).await?.expect(401)?;
    assert!(wrong.text().contains("not the password") && wrong.header("set-cookie").is_none());
    shut(&visitor).await?;

    // The client follows to the portfolio, with the cookie.
    let right = Answer::to(visitor.post(&unlock).form(&[("password", "open sesame")])).await?.expect(200)?;
    assert!(right.text().contains(&name));
    for file in ["resume.json", "resume.pdf", "contact.vcf"] {
        let answer = eventually(&format!("{file} being there"), PATIENCE, async || {
            let answer = Answer::to(visitor.get(format!("{url}/{file}"))).await?;
            Ok((answer.status == 200).then_some(answer))
        })
        .await?;
        assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{file}");
    }
    shut(&Client::new()).await?;

    let patch = json!({"customizations": {"contact": {"phone": true}}});
    person.patch(&path, &patch).await?.expect(200)?;
    assert!(Answer::to(visitor.get(url)).await?.expect(200)?.text().contains(PHONE), "it follows a change");
    shut(&Client::new()).await?;

    // The same password by another name for the address, then another password: who came in by the old one is out.
    person.post(&publish, &json!({"visibility": "password"})).await?.expect(200)?;
    Answer::to(visitor.get(url)).await?.expect(200)?;
    let changed = json!({"visibility": "password", "password": "open wheat and rye"});
    person.post(&publish, &changed).await?.expect(200)?;
    shut(&visitor).await?;

    // Public for a while: everybody sees it, and nobody does afterwards.
    let slug = unique("ada");
    let public = person.post(&publish, &json!({ "slug": slug })).await?.expect(200)?.json()?;
    let url = public["url"].as_str().context("url")?;
    assert!(visit(url).await?.expect(200)?.text().contains(&name));
    person.post(&publish, &changed).await?.expect(200)?;
    for file in ["", "/resume.json", "/contact.vcf"] {
        let answer = visit(&format!("{url}{file}")).await?.expect(401)?;
        assert!(!answer.text().contains(&name), "{file}");
    }
    // The PDF is another function's, which may have been at work on the public one.
    eventually("the public PDF being gone", PATIENCE, async || {
        Ok((visit(&format!("{url}/resume.pdf")).await?.status == 401).then_some(()))
    })
    .await?;
    person.delete(&path).await?.expect(204)?;
    visit(url).await?.expect(404)?;
    Answer::to(visitor.post(&unlock).form(&[("password", "open wheat and rye")])).await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn the_password_of_a_portfolio_cannot_be_tried_without_end() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let wish = json!({"visibility": "password", "password": "open sesame"});
    let published = person.post(&format!("{path}/publish"), &wish).await?.expect(200)?.json()?;
    let unlock = format!("{}/unlock/{}", stack.sites_url, published["slug"].as_str().context("slug")?);
    // A form without a password is an attempt like another, and costs no hash. The stack's limits are a hundred times as
    // wide as those for people: 500 at once.
    let client = Client::new();
    for _ in 0..100 {
        let attempts = (0..20).map(|_| Answer::to(client.post(&unlock).form(&[("pass", "x")])));
        for answer in futures::future::try_join_all(attempts).await? {
            if answer.status == 429 {
                assert!(answer.header("retry-after").is_some() && answer.text().contains("Too many attempts"));
                return Ok(());
            }
            anyhow::ensure!(answer.status == 401, "{}", answer.status);
        }
    }
    anyhow::bail!("two thousand attempts were let through")
}

#[tokio::test]
async fn former_addresses_of_a_public_portfolio_lead_to_it() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let (old, new) = (unique("old"), unique("new"));
    for slug in [&old, &new] {
        person.post(&format!("{path}/publish"), &json!({ "slug": slug })).await?.expect(200)?;
    }
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    for (file, there) in [("", format!("/p/{new}")), ("/resume.json", format!("/p/{new}/resume.json"))] {
        let answer = Answer::to(client.get(format!("{}/p/{old}{file}", stack.sites_url))).await?.expect(301)?;
        assert_eq!(answer.header("location"), Some(there.as_str()));
    }
    assert!(visit(&format!("{}/p/{old}", stack.sites_url)).await?.expect(200)?.text().contains("Ada Lovelace"));
    let other = with_draft(&stack, "Bob Babbage").await?;
    other.0.post(&format!("{}/publish", other.2), &json!({ "slug": old })).await?.expect(409)?;

    // An address that cannot be guessed is not told by one that can.
    person.post(&format!("{path}/publish"), &json!({"visibility": "unlisted"})).await?.expect(200)?;
    for slug in [&old, &new] {
        visit(&format!("{}/p/{slug}", stack.sites_url)).await?.expect(404)?;
    }
    other.0.post(&format!("{}/publish", other.2), &json!({ "slug": old })).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn what_was_published_can_be_compared_and_brought_back() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let versions = format!("{path}/versions");
    let numbers = async || {
        let listed = person.get(&versions).await?.expect(200)?.json()?;
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        anyhow::Ok(items.iter().map(|item| (item["number"].clone(), item["changed"].clone())).collect::<Vec<_>>())
    };
    assert_eq!(numbers().await?, [], "a draft was never published");

    let url = person.post(&format!("{path}/publish"), &json!({})).await?.expect(200)?.json()?["url"].clone();
    let url = url.as_str().context("url")?;
    person.post(&format!("{path}/publish"), &json!({})).await?.expect(200)?;
    assert_eq!(numbers().await?, [(json!(1), json!([]))], "the same again is no new version");
    let words = |text: &str| json!({"content": {"about": {"paragraphs": [text]}}});
    person.patch(&path, &words("Second words.")).await?.expect(200)?;
    let look = json!({"customizations": {"tone": "bold"}, "content": {"hero": {"headline": "Countess"}}});
    person.patch(&path, &look).await?.expect(200)?;
    let changes = [json!(["hero", "customizations"]), json!(["about"]), json!([])];
    let listed: Vec<Value> = numbers().await?.into_iter().map(|(_, changed)| changed).collect();
    assert_eq!(listed, changes);
    let second = person.get(&format!("{versions}/2")).await?.expect(200)?.json()?;
    assert_eq!(second["content"]["about"]["paragraphs"], json!(["Second words."]));
    assert_eq!((&second["latest"], &second["content"]["hero"]["headline"]), (&json!(false), &json!("Analyst")));

    let stale = person.request(Method::POST, &format!("{versions}/1/restore")).header(IF_MATCH, "\"0\"");
    Answer::to(stale).await?.expect(412)?;
    let restored = person.post(&format!("{versions}/1/restore"), &json!({})).await?.expect(200)?.json()?;
    assert_eq!(restored["content"]["hero"]["headline"], "Analyst");
    let page = visit(url).await?.expect(200)?.text();
    assert!(page.contains("engines that are not built yet") && !page.contains("Second words."));
    let listed = person.get(&versions).await?.expect(200)?.json()?;
    assert_eq!(listed["items"][0]["changed"], json!(["hero", "about", "customizations"]));
    assert_eq!((&listed["items"][0]["number"], &listed["items"][0]["latest"]), (&json!(4), &json!(true)));
    person.post(&format!("{versions}/9/restore"), &json!({})).await?.expect(404)?;

    // Twenty are kept.
    for i in 0..18 {
        person.patch(&path, &words(&format!("Words {i}."))).await?.expect(200)?;
    }
    let first = person.get(&format!("{versions}?limit=15")).await?.expect(200)?.json()?;
    let rest = format!("{versions}?limit=15&cursor={}", first["next_cursor"].as_str().context("cursor")?);
    let rest = person.get(&rest).await?.expect(200)?.json()?;
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(5));
    assert_eq!(rest["items"][4]["number"], 3);
    person.get(&format!("{versions}/2")).await?.expect(404)?;
    person.delete(&path).await?.expect(204)?;
    person.get(&versions).await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn hand_edits_outlive_what_is_made_anew_beside_them() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, cv_id, path) = with_draft(&stack, "Ada Lovelace").await?;
    let mine = json!({"content": {"about": {"paragraphs": ["My own words."]}, "hero": {"headline": "Countess"}}});
    let edited = person.patch(&path, &mine).await?.expect(200)?.json()?;
    assert_eq!(edited["edited_sections"], json!(["hero", "about"]));

    let newer = json!({"basics": {"label": "Programmer"}, "skills": [{"name": "Poetry"}]});
    person.patch(&format!("/cv/{cv_id}"), &newer).await?.expect(200)?;
    let asked = json!({"sections": ["hero", "skills"]});
    let made = person.post(&format!("{path}/regenerate"), &asked).await?.expect(202)?.json()?;
    finish(&person, &made).await?;

    let after = person.get(&path).await?.expect(200)?.json()?;
    assert_eq!(after["content"]["hero"]["headline"], "Programmer");
    assert_eq!(after["content"]["skills"], json!([{"keywords": ["Poetry"]}]));
    assert_eq!(after["content"]["about"]["paragraphs"], json!(["My own words."]));
    assert_eq!(after["edited_sections"], json!(["about"]));
    let generated = person.patch(&path, &json!({"content": {"about": null}})).await?.expect(200)?.json()?;
    assert_eq!(generated["edited_sections"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_message_that_comes_twice_changes_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, cv_id, path) = with_draft(&stack, "Ada Lovelace").await?;
    let before = person.get(&path).await?.expect(200)?;
    let jobs = person.get("/jobs").await?.expect(200)?.json()?;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    let message = json!({ "user_id": me["user_id"], "job_id": jobs["items"][0]["job_id"] });
    stack.send_message("GenerateQueue", &message.to_string()).await?;
    let user_id = me["user_id"].as_str().context("user_id")?;
    stack.worked_off("GenerateQueue", user_id, PATIENCE).await?;
    let after = person.get(&path).await?.expect(200)?;
    assert_eq!((before.header("etag"), &before.body), (after.header("etag"), &after.body));

    let key = unique("key");
    let body = json!({ "cv_id": cv_id, "template_id": "minimal-portfolio" });
    let ask = || person.request(Method::POST, "/portfolio/generate").header("idempotency-key", &key).json(&body);
    let first = Answer::to(ask()).await?.expect(202)?.json()?;
    let second = Answer::to(ask()).await?.expect(202)?.json()?;
    assert_eq!(first, second);
    finish(&person, &first).await?;
    let portfolios = person.get("/portfolio").await?.expect(200)?.json()?;
    assert_eq!(portfolios["items"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn a_change_that_cannot_be_is_refused_where_it_stands() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, cv_id, path) = with_draft(&stack, "Ada Lovelace").await?;
    for (patch, pointer) in [
        (json!({"customizations": {"css": "*{}"}}), "/customizations/css"),
        (json!({"customizations": {"colors": {"light": {"accent": "red;}"}}}}), "/customizations/colors/light/accent"),
        (json!({"customizations": {"links": [{"label": "x", "url": "javascript:x"}]}}), "/customizations/links/0/url"),
        (json!({"template_id": "no-such-template"}), "/template_id"),
        (json!({"content": {"hero": {"name": ""}}}), "/content/hero/name"),
        (json!({"owner": "me"}), "/owner"),
    ] {
        let refused = person.patch(&path, &patch).await?.expect(422)?.json()?;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{patch}");
    }
    let stale = person
        .request(Method::PATCH, &path)
        .header(IF_MATCH, "\"0\"")
        .json(&json!({"template_id": "minimal-portfolio"}));
    Answer::to(stale).await?.expect(412)?;
    let text = person.request(Method::PATCH, &path).header(CONTENT_TYPE, "text/plain").body("{}");
    Answer::to(text).await?.expect(415)?;
    let nobody = json!({ "cv_id": uuid::Uuid::now_v7(), "template_id": "minimal-portfolio" });
    person.post("/portfolio/generate", &nobody).await?.expect(404)?;
    let unknown = json!({ "cv_id": cv_id, "template_id": "no-such-template" });
    person.post("/portfolio/generate", &unknown).await?.expect(422)?;
    person.post(&format!("{path}/regenerate"), &json!({"sections": []})).await?.expect(422)?;
    Ok(())
}

#[tokio::test]
async fn a_portfolio_outlives_its_cv_and_cannot_be_made_anew_without_it() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, cv_id, path) = with_draft(&stack, "Ada Lovelace").await?;
    person.delete(&format!("/cv/{cv_id}")).await?.expect(204)?;
    person.get(&path).await?.expect(200)?;
    let published = person.post(&format!("{path}/publish"), &json!({})).await?.expect(200)?.json()?;
    visit(published["url"].as_str().context("url")?).await?.expect(200)?;
    person.post(&format!("{path}/regenerate"), &json!({"sections": ["about"]})).await?.expect(409)?;
    Ok(())
}

#[tokio::test]
async fn templates_and_the_download_are_whole_files() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let templates = visit(&stack.route("/portfolio/templates")).await?.expect(200)?.json()?;
    let ids: Vec<_> = templates["items"].as_array().into_iter().flatten().filter_map(|t| t["id"].as_str()).collect();
    for id in ["business-professional", "creative-designer", "minimal-portfolio", "modern-tech"] {
        assert!(ids.contains(&id), "{ids:?}");
    }
    for template in templates["items"].as_array().into_iter().flatten() {
        let thumbnail = format!("{}{}", stack.api_url, template["thumbnail"].as_str().context("thumbnail")?);
        let picture = visit(&thumbnail).await?.expect(200)?;
        assert_eq!(picture.header("content-type"), Some("image/png"));
        assert!(picture.body.starts_with(b"\x89PNG\r\n\x1a\n"));
    }
    visit(&stack.route("/portfolio/templates/no-such-template")).await?.expect(404)?;

    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let zip = person.get(&format!("{path}/download")).await?.expect(200)?;
    assert_eq!(zip.header("content-disposition"), Some("attachment; filename=\"ada-lovelace.zip\""));
    // A zip begins with a local file header and ends with the end of its central directory, which has 22 bytes.
    assert!(zip.body.starts_with(b"PK\x03\x04"));
    assert_eq!(zip.body.get(zip.body.len() - 22..zip.body.len() - 18), Some(&b"PK\x05\x06"[..]));
    Ok(())
}

#[tokio::test]
async fn a_deployment_that_cannot_be_is_refused_before_anything_is_sent() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, _, path) = with_draft(&stack, "Ada Lovelace").await?;
    let deploy = format!("{path}/deploy");
    for (body, pointer) in [
        (json!({"target": "vercel", "token": "with a space"}), "/token"),
        (json!({"target": "elsewhere", "token": "abcdefgh"}), "/target"),
    ] {
        let refused = person.post(&deploy, &body).await?.expect(422)?;
        assert_eq!(refused.json()?["errors"][0]["pointer"], pointer);
        assert!(!refused.text().contains("with a space"));
    }
    Ok(())
}
