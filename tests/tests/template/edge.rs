//! The API as browsers meet it: the HttpApi and the two front doors before it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{listed, reference, texts};
use crate::{Breaches, Templates};

/// What the app's front door hands to the API.
const API_PATHS: [&str; 7] =
    ["/.well-known/*", "/api/*", "/docs*", "/healthz", "/openapi.json", "/problems/*", "/redoc*"];

/// What a line of the API's log may hold: nothing of the person, and nothing that they typed.
const LOGGED: [&str; 10] = [
    "$context.error.responseType",
    "$context.httpMethod",
    "$context.integrationLatency",
    "$context.integrationStatus",
    "$context.requestId",
    "$context.requestTime",
    "$context.responseLatency",
    "$context.responseLength",
    "$context.routeKey",
    "$context.status",
];

pub(crate) fn the_api_is_logged_without_the_person(templates: &Templates, breaches: &mut Breaches) {
    let log = &templates.main.properties("Api")["AccessLogSettings"];
    breaches.check("Api", reference(&log["DestinationArn"]) == Some("ApiLogs"), "requests are not logged");
    let Ok(line) = serde_json::from_str::<Value>(log["Format"].as_str().unwrap_or_default()) else {
        breaches.check("Api", false, "its log is no JSON");
        return;
    };
    for (name, value) in line.as_object().into_iter().flatten() {
        let known = value.as_str().is_some_and(|value| LOGGED.contains(&value));
        breaches.check("Api", known, &format!("{name} may say something of a person"));
    }
}

pub(crate) fn the_api_is_throttled_and_open_to_known_origins_only(templates: &Templates, breaches: &mut Breaches) {
    let api = templates.main.properties("Api");
    for limit in ["ThrottlingBurstLimit", "ThrottlingRateLimit"] {
        breaches.check("Api", reference(&api["DefaultRouteSettings"][limit]).is_some(), &format!("no {limit}"));
    }
    let cors = &api["DefinitionBody"]["x-amazon-apigateway-cors"];
    let origins = json!({ "Fn::Split": [",", { "Ref": "AllowedOrigins" }] });
    breaches.check("Api", cors["allowOrigins"] == origins, "open to other origins than those allowed");
    let pattern = templates.main.at("/Parameters/AllowedOrigins/AllowedPattern");
    breaches.check("AllowedOrigins", *pattern == "https?://[^/,*]+(,https?://[^/,*]+)*", "a wildcard is let in");
}

pub(crate) fn everything_goes_by_tls(templates: &Templates, breaches: &mut Breaches) {
    for (name, distribution) in templates.front_doors.of("AWS::CloudFront::Distribution") {
        let config = &distribution["Properties"]["DistributionConfig"];
        let least = &config["ViewerCertificate"]["Fn::If"][1]["MinimumProtocolVersion"];
        breaches.check(name, *least == "TLSv1.2_2021", "an old TLS is let in");
        for behaviour in behaviours(config) {
            let policy = behaviour["ViewerProtocolPolicy"].as_str().unwrap_or_default();
            let path = behaviour["PathPattern"].as_str().unwrap_or("the rest");
            let encrypted = matches!(policy, "https-only" | "redirect-to-https");
            breaches.check(name, encrypted, &format!("{path} goes without TLS"));
            // A redirect comes after the token was shown.
            let never = !matches!(path, "/api/*" | "/unlock/*") || policy == "https-only";
            breaches.check(name, never, &format!("{path} is redirected, with its secrets"));
        }
        for origin in origins(config).filter(|origin| origin["S3OriginConfig"].is_null()) {
            let own = &origin["CustomOriginConfig"];
            breaches.check(name, own["OriginProtocolPolicy"] == "https-only", "speaks to the API without TLS");
            breaches.check(name, texts(&own["OriginSSLProtocols"]) == ["TLSv1.2"], "speaks to the API by an old TLS");
            let sent = &origin["OriginCustomHeaders"][0];
            let proves = sent["HeaderName"] == "x-origin-verify"
                && sent["HeaderValue"] == json!({ "Fn::Sub": "{{resolve:secretsmanager:${OriginSecret}}}" });
            breaches.check(name, proves, "does not prove itself to the API");
        }
        for origin in origins(config).filter(|origin| origin["S3OriginConfig"].is_object()) {
            let access = reference(&origin["OriginAccessControlId"]);
            breaches.check(name, access == Some("BucketAccess"), "asks a bucket without signing");
        }
        breaches.check(name, !config["WebACLId"].is_null(), "takes no web ACL");
    }
    let access = &templates.front_doors.properties("BucketAccess")["OriginAccessControlConfig"];
    breaches.check("BucketAccess", access["SigningBehavior"] == "always", "does not always sign");
}

pub(crate) fn the_app_s_door_leads_to_the_api_and_to_no_portfolio(templates: &Templates, breaches: &mut Breaches) {
    let config = &templates.front_doors.properties("AppDistribution")["DistributionConfig"];
    let paths: BTreeSet<_> =
        listed(&config["CacheBehaviors"]).iter().filter_map(|behaviour| behaviour["PathPattern"].as_str()).collect();
    breaches.check("AppDistribution", paths == BTreeSet::from(API_PATHS), "leads elsewhere than the contract says");
    for behaviour in listed(&config["CacheBehaviors"]) {
        breaches.check("AppDistribution", behaviour["TargetOriginId"] == "api", "hides a path of the API");
    }
    let rest = &config["DefaultCacheBehavior"]["Fn::If"];
    breaches.check("AppDistribution", rest[1]["TargetOriginId"] == "pages", "hides the static pages");
    let answered = reference(&rest[2]["FunctionAssociations"][0]["FunctionARN"]);
    breaches.check("AppDistribution", answered == Some("NothingHere"), "shows portfolios on the app's host");
}

pub(crate) fn the_api_gets_what_it_reads(templates: &Templates, breaches: &mut Breaches) {
    let doors = &templates.front_doors;
    let key = &doors.properties("ApiCache")["CachePolicyConfig"];
    let held = &key["ParametersInCacheKeyAndForwardedToOrigin"];
    let request = &doors.properties("ApiRequest")["OriginRequestPolicyConfig"];
    let by_key = texts(&held["HeadersConfig"]["Headers"]);
    let by_request = texts(&request["HeadersConfig"]["Headers"]);
    let passed: BTreeSet<_> = by_key.iter().chain(&by_request).copied().collect();
    let cors = &templates.main.properties("Api")["DefinitionBody"]["x-amazon-apigateway-cors"];
    let asked = texts(&cors["allowHeaders"]);
    let of_visitor = ["accept-language", "cloudfront-viewer-address", "cloudfront-viewer-country", "user-agent"];
    let of_browser = ["access-control-request-headers", "access-control-request-method", "origin", "sec-fetch-site"];
    for header in asked.iter().chain(&of_visitor).chain(&of_browser) {
        breaches.check("ApiRequest", passed.contains(header), &format!("keeps {header} from the API"));
    }
    breaches.check("ApiRequest", !passed.contains("host"), "names another host than the API answers to");
    breaches.check("ApiRequest", by_request.len() <= 10, "names more headers than CloudFront allows");
    // An answer that depends on who asks must never be given to another.
    for header in ["authorization", "origin"] {
        breaches.check("ApiCache", by_key.contains(&header), &format!("answers alike whatever the {header}"));
    }
    breaches.check("ApiCache", key["MinTTL"] == 0 && key["DefaultTTL"] == 0, "keeps what must not be kept");
    breaches.check(
        "ApiCache",
        held["QueryStringsConfig"]["QueryStringBehavior"] == "all",
        "answers alike to any query",
    );
    breaches.check("ApiRequest", request["CookiesConfig"]["CookieBehavior"] == "all", "keeps cookies from the API");
}

pub(crate) fn portfolios_come_from_the_bucket_then_from_the_api(templates: &Templates, breaches: &mut Breaches) {
    let doors = &templates.front_doors;
    let config = &doors.properties("SitesDistribution")["DistributionConfig"];
    let name = "SitesDistribution";
    let behaviour = |path: &str| {
        listed(&config["CacheBehaviors"])
            .into_iter()
            .find(|behaviour| behaviour["PathPattern"] == path)
            .unwrap_or(&Value::Null)
    };
    let (sites, unlock) = (&config["DefaultCacheBehavior"], behaviour("/unlock/*"));
    breaches.check(name, listed(&config["CacheBehaviors"]).len() == 1, "leads elsewhere than the contract says");
    let group = &config["OriginGroups"]["Items"][0];
    let members: Vec<_> = listed(&group["Members"]["Items"]).iter().map(|member| &member["OriginId"]).collect();
    breaches.check(name, sites["TargetOriginId"] == group["Id"], "never asks the API for a protected site");
    breaches.check(name, members == ["sites", "api"], "does not ask the bucket first");
    let codes = json!([403, 404]);
    breaches.check(name, group["FailoverCriteria"]["StatusCodes"]["Items"] == codes, "stops at what S3 says");
    let only_reads = texts(&sites["AllowedMethods"]).iter().all(|method| matches!(*method, "GET" | "HEAD"));
    breaches.check(name, only_reads, "lets portfolios be written");
    breaches.check(name, unlock["TargetOriginId"] == "api", "takes no passwords");
    breaches.check(name, texts(&unlock["AllowedMethods"]).contains(&"POST"), "takes no passwords");
    // AWS's own policy that keeps nothing, by its public id.
    let nothing_kept = unlock["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    breaches.check(name, nothing_kept, "keeps the answer to a password");
    let finds = reference(&sites["FunctionAssociations"][0]["FunctionARN"]);
    breaches.check(name, finds == Some("FindSite"), "does not find a folder's page");
    let code = doors.properties("FindSite")["FunctionCode"].to_string();
    let elsewhere = "if (!request.uri.startsWith('/p/')) return nothingHere();";
    breaches.check("FindSite", code.contains(elsewhere), "serves more than portfolios");

    let key = &doors.properties("SitesCache")["CachePolicyConfig"];
    let kept_at_most = key["MaxTTL"].as_u64().unwrap_or(u64::MAX);
    breaches.check("SitesCache", kept_at_most <= 60, "shows for longer than a minute what was taken back");
    let cookies = &key["ParametersInCacheKeyAndForwardedToOrigin"]["CookiesConfig"];
    breaches.check("SitesCache", texts(&cookies["Cookies"]) == ["vitae_site"], "shows a protected site to anybody");
    for behaviour in [sites, unlock] {
        let headers = reference(&behaviour["ResponseHeadersPolicyId"]);
        breaches.check(name, headers == Some("SitesHeaders"), "answers without security headers");
    }
    for policy in ["SitesHeaders", "PagesHeaders"] {
        let headers = &doors.properties(policy)["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
        let own = &headers["ContentSecurityPolicy"];
        let framed = own["ContentSecurityPolicy"].as_str().is_some_and(|own| own.contains("frame-ancestors 'none'"));
        breaches.check(policy, framed, "lets pages be framed");
        breaches.check(policy, own["Override"] == false, "replaces a page's own policy");
        breaches.check(policy, headers["ContentTypeOptions"]["Override"] == true, "lets types be guessed");
        let lasting = headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"].as_u64() >= Some(31_536_000);
        breaches.check(policy, lasting, "lets browsers come back without TLS");
    }
}

pub(crate) fn what_is_taken_down_is_forgotten(templates: &Templates, breaches: &mut Breaches) {
    let doors = &templates.front_doors;
    let roles: Vec<_> =
        listed(&doors.properties("InvalidationPolicy")["Roles"]).into_iter().filter_map(reference).collect();
    for function in ["AuthFunction", "GenerateFunction"] {
        let properties = templates.main.properties(function);
        // The function is told a name, because a reference would be a cycle; it is the name that the front doors give.
        let told = json!({ "Fn::Sub": "/${AWS::StackName}/sites-front-door" });
        let told = properties["Environment"]["Variables"]["SITES_FRONT_DOOR"] == told;
        breaches.check(function, told, "does not know the sites' front door");
        let role = reference(&properties["Role"]).unwrap_or_default();
        let given = &templates.main.properties("FrontDoors")["Parameters"][role];
        breaches.check(function, roles.contains(&role) && reference(given) == Some(role), "may not have it forget");
    }
    let parameter = doors.properties("SitesFrontDoor");
    let named = parameter["Name"] == json!({ "Fn::Sub": "/${Installation}/sites-front-door" });
    breaches.check("SitesFrontDoor", named, "is called something else than the functions are told");
    for value in listed(&parameter["Value"]["Fn::If"]).into_iter().skip(1) {
        let value = value["Fn::Sub"].as_str().unwrap_or_default();
        let value: Value = serde_json::from_str(value).unwrap_or_default();
        let read = value["distribution"] == "${SitesDistribution}" && value["hosts"].is_boolean();
        breaches.check("SitesFrontDoor", read, "cannot be read");
    }
    let statements = listed(&doors.properties("InvalidationPolicy")["PolicyDocument"]["Statement"]);
    let of = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${SitesDistribution}";
    let one = json!({ "Fn::Sub": of });
    for statement in statements.iter().filter(|s| texts(&s["Action"]).contains(&"cloudfront:CreateInvalidation")) {
        breaches.check("InvalidationPolicy", statement["Resource"] == one, "is about another distribution");
    }
}

/// A distribution's behaviours, with both kinds of one that stands under a condition.
fn behaviours(config: &Value) -> Vec<&Value> {
    let rest = &config["DefaultCacheBehavior"];
    let rest = match rest["Fn::If"].as_array() {
        Some(either) => either[1..].iter().collect(),
        None => vec![rest],
    };
    listed(&config["CacheBehaviors"]).into_iter().chain(rest).collect()
}

fn origins(config: &Value) -> impl Iterator<Item = &Value> {
    listed(&config["Origins"])
        .into_iter()
        .map(|origin| if origin["Fn::If"].is_array() { &origin["Fn::If"][1] } else { origin })
}
