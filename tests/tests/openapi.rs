//! One OpenAPI document for all functions, made from their code.
//!
//! `functions/analytics/assets/openapi.json` is that document, committed so that the function that serves it need not
//! depend on the others. After a change of routes, `UPDATE_OPENAPI=1 cargo test -p vitae-tests --test openapi` writes it
//! anew.
#![expect(clippy::unwrap_used, reason = "every function here is a part of a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use serde_json::{Map, Value, json};
use vitae_web::Permission;

const PROBLEM: &str = "application/problem+json";
/// The tag of what answers on the sites' host.
const SITES: &str = "Sites";
/// OAuth 2.0 has its own form of an error (RFC 6749, 5.2), which its clients read.
const OAUTH: &str = "post /api/v1/users/token";
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The document of each function that answers HTTP.
fn parts() -> Vec<(&'static str, Value)> {
    let value = |document| serde_json::to_value(document).unwrap();
    vec![
        ("auth", value(auth::routes().document())),
        ("upload-url", value(upload_url::routes().document())),
        ("generate", value(generate::routes().document())),
        ("ats", value(ats::routes().document())),
        ("analytics", value(analytics::routes().document())),
    ]
}

/// The document of all functions together.
fn document() -> Value {
    let base = serde_json::to_value(vitae_web::document()).unwrap();
    let mut parts = parts();
    parts.push(("web", base.clone()));
    tell_namesakes_apart(&mut parts);
    let mut paths = BTreeMap::<String, Value>::new();
    let mut components = BTreeMap::<String, BTreeMap<String, Value>>::new();
    for (function, part) in parts {
        for (path, item) in part["paths"].as_object().into_iter().flatten() {
            assert!(
                paths.insert(path.clone(), item.clone()).is_none(),
                "{function} answers {path} of another function"
            );
        }
        for (kind, named) in part["components"].as_object().into_iter().flatten() {
            for (name, component) in named.as_object().into_iter().flatten() {
                let known = components.entry(kind.clone()).or_default().insert(name.clone(), component.clone());
                assert!(
                    known.is_none_or(|known| &known == component),
                    "{function} has another {kind} of the name {name}"
                );
            }
        }
    }
    for (path, item) in &mut paths {
        for (method, operation) in operations(item) {
            by_the_conventions(operation);
            // Which permission whoever is signed in, or a key, must have.
            if asks_who_it_is(operation)
                && let Some(permission) = permission(&method, path)
            {
                operation.insert("x-permission".to_owned(), json!(permission.name()));
            }
        }
    }
    json!({
        "openapi": base["openapi"],
        "info": base["info"],
        "servers": [{"url": "/", "description": "Where this document comes from"}],
        "tags": tags(&paths),
        "paths": paths,
        "components": components,
    })
}

/// Gives schemas that have one name in several functions and are not the same the function's name in front.
fn tell_namesakes_apart(parts: &mut [(&'static str, Value)]) {
    let mut namesakes = BTreeSet::<String>::new();
    loop {
        let before = namesakes.len();
        let mut known = BTreeMap::<&str, &Value>::new();
        for (_, part) in parts.iter() {
            for (name, schema) in part["components"]["schemas"].as_object().into_iter().flatten() {
                // What speaks of two things by one name is two things as well, though it is written the same.
                let speaks_of_one = references(schema).iter().any(|name| namesakes.contains(name));
                let other = known.insert(name, schema);
                if other.is_some_and(|other| other != schema || speaks_of_one) {
                    namesakes.insert(name.clone());
                }
            }
        }
        if namesakes.len() == before {
            break;
        }
    }
    for (function, part) in parts.iter_mut() {
        let mut text = part.to_string();
        for name in &namesakes {
            let renamed = format!("{}{name}", in_camel_case(function));
            text = text
                .replace(&format!("\"#/components/schemas/{name}\""), &format!("\"#/components/schemas/{renamed}\""));
        }
        *part = serde_json::from_str(&text).unwrap();
        let Some(schemas) = part.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { continue };
        for name in &namesakes {
            if let Some(schema) = schemas.remove(name) {
                schemas.insert(format!("{}{name}", in_camel_case(function)), schema);
            }
        }
    }
}

/// The names of the schemas that `value` speaks of.
fn references(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit(value, "", &mut |_, value| {
        let reference = value.get("$ref").and_then(Value::as_str);
        names.extend(reference.and_then(|r| r.strip_prefix("#/components/schemas/")).map(str::to_owned));
    });
    names
}

fn in_camel_case(function: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    function.split('-').map(word).collect()
}

/// What every route answers, whatever its handler says: problems of any kind, and an id of the request.
fn by_the_conventions(operation: &mut Map<String, Value>) {
    let public = json!([]);
    let security = operation.entry("security").or_insert(public).as_array_mut().unwrap();
    // The token that Swagger UI gets for a password is a bearer token as well.
    if security.contains(&json!({"bearer": []})) && !security.contains(&json!({"password": []})) {
        security.push(json!({"password": []}));
    }
    let responses = operation.entry("responses").or_insert(json!({})).as_object_mut().unwrap();
    responses.entry("default").or_insert(json!({
        "description": "Any other problem (RFC 9457)",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
    }));
    for (status, response) in responses {
        let response = response.as_object_mut().unwrap();
        // OpenAPI asks for a description of every response; where the schema says all, the status' own words do.
        let words = status.parse().ok().and_then(|status: u16| StatusCode::from_u16(status).ok()?.canonical_reason());
        response.entry("description").or_insert(json!(words.unwrap_or_default()));
        let headers = response.entry("headers").or_insert(json!({}));
        headers["X-Request-Id"] = json!({
            "description": "Names the request; a problem's `instance`",
            "schema": {"type": "string", "format": "uuid"},
        });
    }
}

/// Every tag that a route has, in the order of the alphabet.
fn tags(paths: &BTreeMap<String, Value>) -> Vec<Value> {
    let mut names = BTreeSet::new();
    for item in paths.values() {
        for method in METHODS {
            names.extend(item[method]["tags"].as_array().into_iter().flatten().filter_map(Value::as_str));
        }
    }
    names.into_iter().map(|name| json!({ "name": name })).collect()
}

fn operations(item: &mut Value) -> impl Iterator<Item = (String, &mut Map<String, Value>)> {
    item.as_object_mut()
        .unwrap()
        .iter_mut()
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(method, operation)| (method.clone(), operation.as_object_mut().unwrap()))
}

fn asks_who_it_is(operation: &Map<String, Value>) -> bool {
    operation["security"].as_array().is_some_and(|ways| ways.contains(&json!({"bearer": []})))
}

fn permission(method: &str, path: &str) -> Option<Permission> {
    Permission::needed(&method.to_uppercase().parse().unwrap(), path)
}

#[test]
fn every_operation_that_asks_who_it_is_says_what_they_must_be_allowed() {
    let document = document();
    let mut administrators = BTreeSet::new();
    for (name, operation) in every_operation(&document) {
        let (method, path) = name.split_once(' ').unwrap();
        if !asks_who_it_is(operation.as_object().unwrap()) {
            continue;
        }
        let permission = permission(method, path).unwrap_or_else(|| panic!("{name} needs no permission"));
        assert_eq!(operation["x-permission"], permission.name(), "{name}");
        if !permission.is_of(vitae_store::Role::User) {
            administrators.insert(name);
        }
    }
    let expected = [
        "get /api/v1/logs",
        "get /api/v1/users",
        "patch /api/v1/users/{id}/role",
        "post /api/v1/users/{id}/reinstate",
        "post /api/v1/users/{id}/suspend",
    ];
    assert_eq!(administrators, expected.map(str::to_owned).into());
}

/// Every operation: its method and path in one, and itself.
fn every_operation(document: &Value) -> Vec<(String, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) {
                operations.push((format!("{method} {path}"), operation));
            }
        }
    }
    operations
}

#[test]
fn the_committed_document_is_the_code_s() {
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some_and(|value| value == "1") {
        let path = root().join("functions/analytics/assets/openapi.json");
        std::fs::write(path, made).unwrap();
        return;
    }
    let differs = made.lines().zip(analytics::OPENAPI.lines()).position(|(made, committed)| made != committed);
    assert!(
        made == analytics::OPENAPI,
        "functions/analytics/assets/openapi.json is not what the code says{}; write it anew with \
         `UPDATE_OPENAPI=1 cargo test -p vitae-tests --test openapi`",
        differs.map(|line| format!(" (from line {})", line + 1)).unwrap_or_default()
    );
}

#[test]
fn it_is_openapi_3_1_and_says_what_it_is() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for member in ["title", "version", "description"] {
        assert!(document["info"][member].as_str().is_some_and(|text| !text.is_empty()), "info.{member}");
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn schemas_of_one_name_that_differ_are_told_apart() {
    let part = |text: &str| {
        json!({
            "paths": {"/": {"schema": {"$ref": "#/components/schemas/Body"}}},
            "components": {"schemas": {
                "Body": {"description": text},
                "List": {"items": {"$ref": "#/components/schemas/Body"}},
                "Problem": {"type": "object"},
            }},
        })
    };
    let mut parts = [("one", part("a")), ("the-other", part("b"))];
    tell_namesakes_apart(&mut parts);
    assert_eq!(
        parts[1].1,
        json!({
            "paths": {"/": {"schema": {"$ref": "#/components/schemas/TheOtherBody"}}},
            "components": {"schemas": {
                "TheOtherBody": {"description": "b"},
                "TheOtherList": {"items": {"$ref": "#/components/schemas/TheOtherBody"}},
                "Problem": {"type": "object"},
            }},
        })
    );
}

#[test]
fn every_reference_resolves() {
    let document = document();
    let mut faults = Vec::new();
    visit(&document, "", &mut |pointer, value| {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return };
        let resolves = reference.strip_prefix('#').is_some_and(|pointer| document.pointer(pointer).is_some());
        if !resolves {
            faults.push(format!("{pointer} leads to {reference}, which is not there"));
        }
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_schema_can_be_fulfilled() {
    let document = document();
    let mut faults = Vec::new();
    visit(&document, "", &mut |pointer, value| {
        let Some(all) = value.get("allOf").and_then(Value::as_array) else { return };
        let types: BTreeSet<_> = all.iter().filter_map(|one| one.get("type").and_then(Value::as_str)).collect();
        if types.len() > 1 {
            faults.push(format!("{pointer} must be {types:?} at once"));
        }
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_operation_says_what_it_is_who_may_and_what_it_answers() {
    let document = document();
    let mut faults = Vec::new();
    let mut ids = BTreeMap::new();
    for (name, operation) in every_operation(&document) {
        let mut fault = |text: &str| faults.push(format!("{name} {text}"));
        match operation["operationId"].as_str() {
            None => fault("has no operationId"),
            Some(id) => {
                if let Some(other) = ids.insert(id.to_owned(), name.clone()) {
                    fault(&format!("has the operationId {id} of {other}"));
                }
            }
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            fault("has no tag");
        }
        if operation["summary"].as_str().is_none_or(str::is_empty) {
            fault("has no summary");
        }
        let Some(responses) = operation["responses"].as_object() else {
            fault("answers nothing");
            continue;
        };
        if !responses.keys().any(|status| status.starts_with(['2', '3'])) {
            fault("never succeeds");
        }
        // A route may admit a token that is not sent, such as a cookie's; then its `security` has an empty alternative.
        let security = operation["security"].as_array().cloned().unwrap_or_default();
        let needs_token = !security.is_empty() && !security.contains(&json!({}));
        if needs_token && !responses.contains_key("401") {
            fault("asks for a token and does not say what comes without");
        }
        for scheme in security.iter().filter_map(Value::as_object).flat_map(Map::keys) {
            if document["components"]["securitySchemes"].get(scheme).is_none() {
                fault(&format!("asks for {scheme}, which is not described"));
            }
        }
        for (status, response) in responses {
            if response["description"].as_str().is_none_or(str::is_empty) {
                fault(&format!("does not describe its {status}"));
            }
            let is_error = status == "default" || status.starts_with(['4', '5']);
            let content = response["content"].as_object();
            // What people meet on the sites' host are pages.
            let is_page = operation["tags"][0] == SITES && status != "default";
            let in_its_own_form = name == OAUTH && status == "400";
            let form = if is_page { "text/html" } else { PROBLEM };
            if is_error && !in_its_own_form && content.is_none_or(|content| !content.contains_key(form)) {
                fault(&format!("answers {status} with no {form}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_parameter_of_a_path_is_described_and_no_other() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in every_operation(&document) {
        let in_path: BTreeSet<_> =
            name.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect();
        let described: BTreeSet<_> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
            .collect();
        if in_path != described {
            faults.push(format!("{name} describes {described:?}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A route that is added past `routes!` would be missing from the document, and no other test would see it.
#[test]
fn no_function_has_a_route_that_is_not_in_the_document() {
    let mut faults = Vec::new();
    for source in sources(&root().join("functions")) {
        let text = std::fs::read_to_string(&source).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for past in [".route(", ".route_service(", ".nest_service(", ".fallback(", ".fallback_service("] {
            if code.contains(past) {
                faults.push(format!("{} uses `{past}…)`", source.display()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Calls `at` with the pointer to every object of the document, and the object.
fn visit(value: &Value, pointer: &str, at: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            at(pointer, value);
            for (name, member) in members {
                visit(member, &format!("{pointer}/{name}"), at);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                visit(item, &format!("{pointer}/{i}"), at);
            }
        }
        _ => {}
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Rust sources of every function.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.components().any(|part| part.as_os_str() == "src")
        {
            found.push(path);
        }
    }
    found
}
