//! The functions and what each of them may do.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::data::events;
use crate::document::{listed, reference, texts};
use crate::{Breaches, Templates};

/// Actions that AWS offers for no narrower resource than `*`.
const WITHOUT_RESOURCES: [&str; 3] =
    ["textract:DetectDocumentText", "xray:PutTelemetryRecords", "xray:PutTraceSegments"];

/// What only one function's role may do.
const EXCLUSIVE: [(&str, &str); 4] = [
    ("kms:GenerateMac", "AuthRole"),
    ("kms:Sign", "AuthRole"),
    ("ses:SendEmail", "AuthRole"),
    ("textract:DetectDocumentText", "ParseRole"),
];

/// The objects that each role may touch. A role that is not named may touch none.
const OBJECTS: [(&str, &[&str]); 5] = [
    (
        "AuthRole",
        &[
            "${FilesBucket.Arn}/uploads/*",
            "${FilesBucket.Arn}/documents/*",
            "${FilesBucket.Arn}/exports/*",
            "${SitesBucket.Arn}/p/*",
            "${SitesBucket.Arn}/protected/*",
        ],
    ),
    ("UploadUrlRole", &["${FilesBucket.Arn}/uploads/*"]),
    ("ParseRole", &["${FilesBucket.Arn}/uploads/*/original", "${FilesBucket.Arn}/uploads/*/spans.json"]),
    ("GenerateRole", &["${SitesBucket.Arn}/p/*", "${SitesBucket.Arn}/protected/*"]),
    (
        "AtsRole",
        &[
            "${AssetsBucket.Arn}/fonts/*",
            "${FilesBucket.Arn}/documents/*",
            "${FilesBucket.Arn}/uploads/*/spans.json",
            "${SitesBucket.Arn}/p/*/resume.json",
            "${SitesBucket.Arn}/p/*/resume.pdf",
            "${SitesBucket.Arn}/protected/*/resume.json",
            "${SitesBucket.Arn}/protected/*/resume.pdf",
        ],
    ),
];

pub(crate) fn each_has_a_role_a_log_and_limits_of_its_own(templates: &Templates, breaches: &mut Breaches) {
    let (mut roles, mut logs) = (BTreeSet::new(), BTreeSet::new());
    for (name, log_group) in templates.main.of("AWS::Logs::LogGroup") {
        breaches.check(name, !log_group["Properties"]["RetentionInDays"].is_null(), "kept for ever");
    }
    let traced = templates.main.at("/Globals/Function/Tracing") == "Active";
    for (name, function) in templates.main.of("AWS::Serverless::Function") {
        let properties = &function["Properties"];
        let role = reference(&properties["Role"]).unwrap_or_default();
        let log = reference(&properties["LoggingConfig"]["LogGroup"]).unwrap_or_default();
        breaches.check(name, !role.is_empty() && roles.insert(role), "no role of its own");
        let is_group = templates.main.of("AWS::Logs::LogGroup").any(|(group, _)| group == log);
        breaches.check(name, is_group && logs.insert(log), "no log group of its own");
        breaches.check(name, properties["MemorySize"].is_u64(), "memory is left to chance");
        breaches.check(name, properties["Timeout"].is_u64(), "the time-out is left to chance");
        breaches.check(name, traced && properties["Tracing"].is_null(), "not traced");
        let over_http = events(function).any(|event| event["Type"] == "HttpApi");
        let by_queue = events(function).any(|event| event["Type"] == "SQS");
        let short = properties["Timeout"].as_u64() < Some(30);
        breaches.check(name, !over_http || by_queue || short, "outlasts the HttpApi's 30 seconds");
        breaches.check(name, properties["Policies"].is_null(), "has policies beside its role's");
        let may_trace = statements(templates).any(|(who, statement)| {
            who == role && texts(&statement["Action"]) == ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        });
        breaches.check(name, may_trace, "its traces are refused");
    }
}

pub(crate) fn roles_allow_named_actions_on_named_resources(templates: &Templates, breaches: &mut Breaches) {
    for (name, role) in templates.main.of("AWS::IAM::Role") {
        let properties = &role["Properties"];
        breaches.check(name, properties["ManagedPolicyArns"].is_null(), "a managed policy is attached");
        breaches.check(name, properties["RoleName"].is_null(), "named, so that it cannot be replaced");
        let trusted = &properties["AssumeRolePolicyDocument"]["Statement"][0]["Principal"];
        breaches.check(name, trusted["Service"] == "lambda.amazonaws.com", "somebody else may take it on");
    }
    for (role, statement) in statements(templates) {
        breaches.check(
            role,
            statement["Effect"] == "Allow" && statement["NotAction"].is_null(),
            "is no plain allowance",
        );
        let actions = texts(&statement["Action"]);
        breaches.check(role, !actions.is_empty(), "allows nothing by name");
        for action in &actions {
            breaches.check(role, !action.contains('*'), &format!("{action} is no named action"));
            breaches.check(role, *action != "dynamodb:Scan", "may scan a table");
            let owner = EXCLUSIVE.iter().find(|(exclusive, _)| exclusive == action).map(|(_, owner)| *owner);
            breaches.check(role, owner.is_none_or(|owner| owner == role), &format!("{action} is not its to do"));
        }
        if listed(&statement["Resource"]).iter().any(|resource| *resource == "*") {
            let without = actions.iter().all(|action| WITHOUT_RESOURCES.contains(action));
            breaches.check(role, without, &format!("{} on every resource", actions.join(", ")));
        }
    }
}

pub(crate) fn each_role_touches_its_own_objects(templates: &Templates, breaches: &mut Breaches) {
    for (role, statement) in statements(templates) {
        let actions = texts(&statement["Action"]);
        let of_objects = actions.iter().any(|action| action.starts_with("s3:") && action.contains("Object"));
        if !of_objects {
            continue;
        }
        let own = OBJECTS.iter().find(|(of, _)| *of == role).map_or(&[][..], |(_, own)| own);
        for resource in listed(&statement["Resource"]) {
            let key = resource["Fn::Sub"].as_str().unwrap_or("something");
            breaches.check(role, own.contains(&key), &format!("touches {key}"));
        }
    }
}

pub(crate) fn who_sends_mail_is_held_to_one_sender(templates: &Templates, breaches: &mut Breaches) {
    for (role, statement) in statements(templates) {
        if texts(&statement["Action"]).contains(&"ses:SendEmail") {
            let sender = reference(&statement["Condition"]["StringEquals"]["ses:FromAddress"]);
            breaches.check(role, sender == Some("MailFrom"), "may write in anybody's name");
        }
    }
}

/// Every statement of every role, by the role, wherever it is written.
fn statements(templates: &Templates) -> impl Iterator<Item = (&str, &Value)> {
    let inline = templates.main.of("AWS::IAM::Role").flat_map(|(name, role)| {
        listed(&role["Properties"]["Policies"])
            .into_iter()
            .flat_map(|policy| listed(&policy["PolicyDocument"]["Statement"]))
            .map(move |statement| (name, statement))
    });
    // A nested stack's parameter for a role is called what the role is.
    let apart = [&templates.main, &templates.front_doors].into_iter().flat_map(|t| t.of("AWS::IAM::Policy"));
    let apart = apart.flat_map(|(_, policy)| {
        let properties = &policy["Properties"];
        listed(&properties["Roles"]).into_iter().filter_map(reference).flat_map(|role| {
            listed(&properties["PolicyDocument"]["Statement"]).into_iter().map(move |statement| (role, statement))
        })
    });
    inline.chain(apart)
}
