//! The alarms and the dashboard, and the metrics that both are made of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::data::events;
use crate::document::{listed, reference};
use crate::{Breaches, Templates};

const HTTP: &[&str] = &["analytics", "ats", "auth", "generate", "upload-url"];
const WORKERS: &[&str] = &["analytics", "ats", "generate", "parse"];

/// The functions' own metrics, each with the functions that it comes from. `StageDuration` has a third dimension, so it can be
/// searched for and not named.
const METRICS: [(&str, &[&str]); 21] = [
    ("BytesRead", &["parse"]),
    ("InvalidationsFailed", &["auth", "generate"]),
    ("JobsCompleted", &["generate", "parse"]),
    ("JobsExpired", &["upload-url"]),
    ("JobsFailed", &["generate", "parse", "upload-url"]),
    ("JobsResent", &["upload-url"]),
    ("MessagesFailed", WORKERS),
    ("PagesRead", &["parse"]),
    ("PagesRecognised", &["parse"]),
    ("QueueWait", WORKERS),
    ("RecognitionsFailed", &["parse"]),
    ("RecognitionsSucceeded", &["parse"]),
    ("RefreshTokensReused", &["auth"]),
    ("RequestDuration", HTTP),
    ("Requests", HTTP),
    ("RequestsLimited", HTTP),
    ("ServerErrors", HTTP),
    ("SignInsFailed", &["auth"]),
    ("SignInsSucceeded", &["auth"]),
    ("StageDuration", &["ats", "generate", "parse"]),
    ("TokensRefused", HTTP),
];

/// What somebody must be told of, whatever else an alarm is made of.
const SECURITY: [&str; 5] =
    ["RecognitionsFailed", "RefreshTokensReused", "RequestsLimited", "SignInsFailed", "TokensRefused"];

/// A metric as an alarm or a graph names it: its namespace, its name and its dimensions.
struct Named {
    namespace: String,
    name: String,
    dimensions: Vec<(String, Value)>,
}

impl Named {
    fn dimension(&self, name: &str) -> &Value {
        self.dimensions.iter().find(|(of, _)| of == name).map_or(&Value::Null, |(_, value)| value)
    }
}

pub(crate) fn every_metric_is_one_that_a_function_emits(templates: &Templates, breaches: &mut Breaches) {
    let watched = alarms(templates).map(|(name, alarm)| (name, measured(alarm)));
    let drawn = graphs(templates).into_iter().map(|(title, metrics, _)| (title, metrics));
    let mut seen = BTreeSet::new();
    for (place, metric) in watched
        .flat_map(|(name, metrics)| metrics.into_iter().map(move |metric| (name.to_owned(), metric)))
        .chain(drawn.flat_map(|(title, metrics)| metrics.into_iter().map(move |metric| (title.clone(), metric))))
    {
        if metric.namespace != "Vitae" {
            breaches.check(&place, metric.namespace.starts_with("AWS/"), "watches a namespace that is nobody's");
            continue;
        }
        let Named { name, .. } = &metric;
        let Some((_, functions)) = METRICS.iter().find(|(known, _)| known == name) else {
            breaches.check(&place, false, &format!("{name} is no metric"));
            continue;
        };
        seen.insert(name.clone());
        let function = metric.dimension("Function").as_str().unwrap_or("nobody");
        breaches.check(&place, functions.contains(&function), &format!("{name} never comes from {function}"));
        let names: Vec<_> = metric.dimensions.iter().map(|(of, _)| of.as_str()).collect();
        breaches.check(&place, names == ["Stage", "Function"], &format!("{name} has other dimensions"));
        let stage = metric.dimension("Stage");
        let of_parameter = *stage == "${Stage}" || reference(stage) == Some("Stage");
        breaches.check(&place, of_parameter, &format!("{name} is another installation's"));
    }
    let body = dashboard_text(templates);
    for (name, _) in METRICS {
        let searched = body.contains(&format!("MetricName=\\\"{name}\\\""));
        breaches.check(name, seen.contains(name) || searched, "is nowhere to be seen");
        let emitted = templates.metrics.contains(&format!("Metric::new(\"{name}\""));
        breaches.check(name, emitted, "is emitted by nobody");
    }
}

pub(crate) fn every_queue_and_function_is_watched(templates: &Templates, breaches: &mut Breaches) {
    let watched: BTreeSet<_> = alarms(templates)
        .flat_map(|(_, alarm)| measured(alarm))
        .map(|metric| {
            let of = ["QueueName", "FunctionName", "TableName", "ApiId"]
                .into_iter()
                .map(|dimension| metric.dimension(dimension))
                .find(|value| !value.is_null())
                .map(Value::to_string);
            (metric.name, of.unwrap_or_default())
        })
        .collect();
    let mut check = |what: &str, metric: &str, of: Value| {
        breaches.check(what, watched.contains(&(metric.to_owned(), of.to_string())), &format!("no alarm on {metric}"));
    };
    for (name, queue) in templates.main.of("AWS::SQS::Queue") {
        let works = queue["Properties"]["RedrivePolicy"].is_object();
        let metric = if works { "ApproximateAgeOfOldestMessage" } else { "ApproximateNumberOfMessagesVisible" };
        check(name, metric, json!({ "Ref": name }));
    }
    for (name, function) in templates.main.of("AWS::Serverless::Function") {
        let called = function["Properties"]["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
        let called = called.replace("${AWS::StackName}", "${Installation}");
        for metric in ["Errors", "Throttles", "Duration"] {
            check(name, metric, json!({ "Fn::Sub": called }));
        }
    }
    for (name, _) in templates.main.of("AWS::DynamoDB::Table") {
        check(name, "WriteThrottleEvents", json!({ "Ref": name }));
    }
    check("Api", "5xx", json!({ "Ref": "ApiId" }));
    for metric in SECURITY {
        let told = watched.iter().any(|(name, _)| name == metric);
        breaches.check(metric, told, "nobody is told");
    }
}

pub(crate) fn the_slowest_are_below_their_time_out(templates: &Templates, breaches: &mut Breaches) {
    for (_, function) in templates.main.of("AWS::Serverless::Function") {
        let timeout = function["Properties"]["Timeout"].as_u64().unwrap_or_default() * 1000;
        let called = function["Properties"]["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
        let called = json!({ "Fn::Sub": called.replace("${AWS::StackName}", "${Installation}") });
        for (name, alarm) in alarms(templates) {
            let about = measured(alarm).iter().any(|m| m.name == "Duration" && *m.dimension("FunctionName") == called);
            if about {
                let properties = &alarm["Properties"];
                let threshold = properties["Threshold"].as_u64().unwrap_or(u64::MAX);
                breaches.check(name, properties["ExtendedStatistic"] == "p99", "is not about the slowest");
                breaches.check(name, threshold < timeout, "rings when the function is dead already");
            }
        }
    }
}

pub(crate) fn every_alarm_is_told(templates: &Templates, breaches: &mut Breaches) {
    for (name, alarm) in alarms(templates) {
        let properties = &alarm["Properties"];
        for actions in ["AlarmActions", "OKActions"] {
            let told = reference(&properties[actions][0]);
            breaches.check(name, told == Some("Topic"), &format!("{actions} tell nobody"));
        }
        breaches.check(name, properties["AlarmDescription"].is_string(), "does not say what it means");
        breaches.check(name, properties["TreatMissingData"].is_string(), "does not say what silence means");
    }
    let subscription = templates.alarms.properties("MailOfAlarms");
    let mailed = reference(&subscription["Endpoint"]) == Some("AlarmEmail");
    breaches.check("MailOfAlarms", mailed, "goes to nobody");
    let sweeps = templates.main.of("AWS::Serverless::Function").any(|(name, function)| {
        let rule = format!("{name}Sweep");
        events(function).any(|event| event["Type"] == "Schedule")
            && templates.main.properties("Alarms")["Parameters"]["SweepRule"] == json!({ "Ref": rule })
    });
    breaches.check("SweepRule", sweeps, "watches another rule than the sweeper's");
}

pub(crate) fn the_dashboard_can_be_read(templates: &Templates, breaches: &mut Breaches) {
    let body: Result<Value, _> = serde_json::from_str(dashboard_text(templates));
    breaches.check("Dashboard", body.is_ok(), "is no JSON");
    for (title, _, place) in graphs(templates) {
        let fits = place["x"].as_u64().unwrap_or(99) + place["width"].as_u64().unwrap_or(99) <= 24;
        breaches.check(&title, fits, "stands outside the page");
    }
}

pub(crate) fn nested_stacks_get_what_they_ask_for(templates: &Templates, breaches: &mut Breaches) {
    let nested = [
        ("FrontDoors", "infra/front-doors.yaml", &templates.front_doors),
        ("Alarms", "infra/alarms.yaml", &templates.alarms),
        ("Dashboard", "infra/dashboard.yaml", &templates.dashboard),
    ];
    for (name, file, document) in nested {
        let stack = templates.main.properties(name);
        breaches.check(name, stack["TemplateURL"] == file, "is another template");
        let names = |value: &Value| value.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
        let (given, asked): (BTreeSet<String>, BTreeSet<String>) =
            (names(&stack["Parameters"]), names(document.at("/Parameters")));
        breaches.check(name, given == asked, "is given other parameters than it asks for");
        breaches.check(
            name,
            templates.main.at(&format!("/Resources/{name}/Condition")) == "Deployed",
            "is made locally",
        );
    }
}

fn alarms(templates: &Templates) -> impl Iterator<Item = (&str, &Value)> {
    templates.alarms.of("AWS::CloudWatch::Alarm")
}

/// The metrics that an alarm is about, one or the sum of several.
fn measured(alarm: &Value) -> Vec<Named> {
    let properties = &alarm["Properties"];
    let summed = listed(&properties["Metrics"]).into_iter().map(|one| &one["MetricStat"]["Metric"]);
    summed
        .chain([properties])
        .filter(|metric| metric["MetricName"].is_string())
        .map(|metric| Named {
            namespace: metric["Namespace"].as_str().unwrap_or_default().to_owned(),
            name: metric["MetricName"].as_str().unwrap_or_default().to_owned(),
            dimensions: listed(&metric["Dimensions"])
                .into_iter()
                .map(|one| (one["Name"].as_str().unwrap_or_default().to_owned(), one["Value"].clone()))
                .collect(),
        })
        .collect()
}

fn dashboard_text(templates: &Templates) -> &str {
    templates.dashboard.properties("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap_or_default()
}

/// Each graph of the dashboard by its title, with its metrics and itself.
fn graphs(templates: &Templates) -> Vec<(String, Vec<Named>, Value)> {
    let body: Value = serde_json::from_str(dashboard_text(templates)).unwrap_or_default();
    listed(&body["widgets"])
        .into_iter()
        .map(|widget| {
            let title = widget["properties"]["title"].as_str().unwrap_or("a heading").to_owned();
            // `[namespace, name, dimension, value, …, {options}]`; one that begins with options is an expression.
            let metrics = listed(&widget["properties"]["metrics"])
                .into_iter()
                .filter_map(|metric| {
                    let texts: Vec<_> = metric.as_array()?.iter().filter_map(Value::as_str).collect();
                    let [namespace, name, dimensions @ ..] = texts.as_slice() else { return None };
                    let dimensions =
                        dimensions.chunks(2).map(|pair| (pair[0].to_owned(), json!(pair.get(1)))).collect();
                    Some(Named { namespace: (*namespace).to_owned(), name: (*name).to_owned(), dimensions })
                })
                .collect();
            (title, metrics, widget.clone())
        })
        .collect()
}
