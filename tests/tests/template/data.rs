//! What people's data lies in: tables, buckets, queues, the signing key, the secret.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{listed, reference, texts};
use crate::{Breaches, Templates};

/// How long a dead-letter queue keeps a message, in seconds: as long as SQS keeps anything.
const LONGEST_RETENTION: u64 = 1_209_600;

pub(crate) fn tables_can_be_restored_and_expire(templates: &Templates, breaches: &mut Breaches) {
    for (name, table) in templates.main.of("AWS::DynamoDB::Table") {
        let properties = &table["Properties"];
        let restored = &properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
        breaches.check(name, *restored == true, "no point-in-time recovery");
        breaches.check(name, properties["SSESpecification"]["SSEEnabled"] == true, "not encrypted");
        breaches.check(name, properties["BillingMode"] == "PAY_PER_REQUEST", "not paid for by request");
        let expiry = json!({ "AttributeName": "expires_at", "Enabled": true });
        breaches.check(name, properties["TimeToLiveSpecification"] == expiry, "nothing expires by expires_at");
        let protected = json!({ "Fn::If": ["HoldsPeoplesData", true, false] });
        breaches.check(name, properties["DeletionProtectionEnabled"] == protected, "may be deleted by mistake");
    }
    let holds = templates.main.at("/Conditions/HoldsPeoplesData").to_string();
    for stage in ["staging", "production"] {
        breaches.check(stage, holds.contains(&format!("\"{stage}\"")), "its tables may be deleted by mistake");
    }
}

pub(crate) fn data_outlives_the_stack(templates: &Templates, breaches: &mut Breaches) {
    for kind in ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"] {
        for (name, resource) in templates.main.of(kind) {
            for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
                breaches.check(name, resource[policy] == "Retain", &format!("{policy} is not Retain"));
            }
        }
    }
}

pub(crate) fn buckets_are_private_encrypted_and_tls_only(templates: &Templates, breaches: &mut Breaches) {
    for (name, bucket) in templates.main.of("AWS::S3::Bucket") {
        let properties = &bucket["Properties"];
        let closed = json!({
            "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
        });
        breaches.check(name, properties["PublicAccessBlockConfiguration"] == closed, "public access is not blocked");
        let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
        breaches.check(name, encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"].is_string(), "not encrypted");
        let owner = &properties["OwnershipControls"]["Rules"][0]["ObjectOwnership"];
        breaches.check(name, *owner == "BucketOwnerEnforced", "its objects may have access lists");
        let rules = listed(&properties["LifecycleConfiguration"]["Rules"]);
        let aborted = rules.iter().any(|rule| rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"].is_u64());
        breaches.check(name, aborted, "unfinished uploads are kept for ever");
        breaches.check(name, properties["VersioningConfiguration"].is_null(), "keeps what people delete");
        let announced = properties["NotificationConfiguration"].is_object();
        let tag = json!([{ "Key": "state", "Value": "unconfirmed" }]);
        // Not before the last dead letter about it is gone.
        let forgotten = rules.iter().any(|rule| {
            rule["TagFilters"] == tag && rule["ExpirationInDays"].as_u64() > Some(LONGEST_RETENTION / 86_400)
        });
        breaches.check(name, !announced || forgotten, "keeps uploads that no job read");
        let guarded = statements_of_bucket(templates, name).any(|statement| {
            statement["Effect"] == "Deny"
                && statement["Principal"] == "*"
                && statement["Action"] == "s3:*"
                && statement["Condition"] == json!({ "Bool": { "aws:SecureTransport": "false" } })
                && listed(&statement["Resource"]).len() == 2
        });
        breaches.check(name, guarded, "no policy refuses what comes without TLS");
    }
}

pub(crate) fn only_the_front_door_reads_a_bucket_from_outside(templates: &Templates, breaches: &mut Breaches) {
    for (name, _) in templates.main.of("AWS::S3::Bucket") {
        for statement in statements_of_bucket(templates, name).filter(|statement| statement["Effect"] == "Allow") {
            let door = json!({ "Service": "cloudfront.amazonaws.com" });
            breaches.check(name, statement["Principal"] == door, "lets somebody in who is no front door");
            breaches.check(name, statement["Action"] == "s3:GetObject", "lets the front door do more than read");
            let what = json!({ "Fn::Sub": "${SitesBucket.Arn}/p/*" });
            breaches.check(name, statement["Resource"] == what, "shows more than portfolios");
            let source = &statement["Condition"]["StringEquals"]["aws:SourceArn"];
            let distribution = &source["Fn::Sub"][1]["Distribution"];
            breaches.check(
                name,
                *distribution == json!({ "Fn::GetAtt": ["FrontDoors", "Outputs.SitesDistribution"] }),
                "lets any distribution of anybody in",
            );
        }
    }
}

/// The statements of a bucket's policy, with those that stand under a condition.
fn statements_of_bucket<'a>(templates: &'a Templates, bucket: &'a str) -> impl Iterator<Item = &'a Value> {
    templates
        .main
        .of("AWS::S3::BucketPolicy")
        .filter(move |(_, policy)| reference(&policy["Properties"]["Bucket"]) == Some(bucket))
        .flat_map(|(_, policy)| listed(&policy["Properties"]["PolicyDocument"]["Statement"]))
        .map(|statement| if statement["Fn::If"].is_array() { &statement["Fn::If"][1] } else { statement })
}

pub(crate) fn queues_have_dead_letters_and_time_enough(templates: &Templates, breaches: &mut Breaches) {
    let queues: Vec<_> = templates.main.of("AWS::SQS::Queue").collect();
    let dead_letters: BTreeSet<_> = queues
        .iter()
        .filter_map(|(_, queue)| reference(&queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]))
        .collect();
    for (name, queue) in &queues {
        let properties = &queue["Properties"];
        breaches.check(name, properties["SqsManagedSseEnabled"] == true, "not encrypted");
        if dead_letters.contains(name) {
            let kept = properties["MessageRetentionPeriod"].as_u64();
            breaches.check(name, kept == Some(LONGEST_RETENTION), "does not keep its messages longest");
        } else {
            breaches.check(name, properties["RedrivePolicy"].is_object(), "no dead-letter queue");
            let tries = properties["RedrivePolicy"]["maxReceiveCount"].as_u64();
            breaches.check(name, tries.is_some_and(|tries| tries >= 5), "gives a message up too soon");
        }
    }
    let mut consumed = BTreeSet::new();
    for (name, function) in templates.main.of("AWS::Serverless::Function") {
        let timeout = function["Properties"]["Timeout"].as_u64().unwrap_or_default();
        for event in events(function).filter(|event| event["Type"] == "SQS") {
            let queue = reference(&event["Properties"]["Queue"]).unwrap_or_default();
            consumed.insert(queue);
            let visible = templates.main.properties(queue)["VisibilityTimeout"].as_u64().unwrap_or(30);
            breaches.check(queue, visible >= 6 * timeout, &format!("invisible for less than 6 time-outs of {name}"));
            let answers = texts(&event["Properties"]["FunctionResponseTypes"]);
            breaches.check(name, answers == ["ReportBatchItemFailures"], "one failure fails a whole batch");
            let bounded = event["Properties"]["ScalingConfig"]["MaximumConcurrency"].is_u64();
            breaches.check(name, bounded, "takes all the account's concurrency for its queue");
        }
    }
    for (name, _) in queues.iter().filter(|(name, _)| !dead_letters.contains(name)) {
        breaches.check(name, consumed.contains(name), "nobody reads it");
    }
}

/// The events of a function.
pub(crate) fn events(function: &Value) -> impl Iterator<Item = &Value> {
    function["Properties"]["Events"].as_object().into_iter().flat_map(|events| events.values())
}

pub(crate) fn only_auth_signs(templates: &Templates, breaches: &mut Breaches) {
    for (name, key) in templates.main.of("AWS::KMS::Key") {
        for statement in listed(&key["Properties"]["KeyPolicy"]["Statement"]) {
            let actions = texts(&statement["Action"]);
            breaches.check(name, !actions.iter().any(|a| a.contains('*')), "the key's policy has a wildcard");
            if actions.contains(&"kms:Sign") || actions.contains(&"kms:GenerateMac") {
                let who = reference(&statement["Principal"]["AWS"]);
                breaches.check(name, who == Some("AuthRole"), "another role may use it");
            }
            breaches.check(name, !actions.contains(&"kms:CreateGrant"), "its use can be granted on");
        }
    }
}

pub(crate) fn what_is_asked_for_can_be_answered(templates: &Templates, breaches: &mut Breaches) {
    for (name, parameter) in templates.main.at("/Parameters").as_object().into_iter().flatten() {
        breaches.check(name, parameter["Description"].is_string(), "does not say what it means");
        // `sam deploy --guided` asks for a hidden parameter until something is typed, so it cannot be left empty.
        breaches.check(name, parameter["NoEcho"].is_null() || parameter["Default"] != "", "cannot be left empty");
    }
}

pub(crate) fn the_front_doors_prove_themselves(templates: &Templates, breaches: &mut Breaches) {
    let main = &templates.main;
    breaches.check("OriginCheck", main.at("/Parameters/OriginCheck/Default") == "on", "off where nothing is said");
    let secret = main.properties("FrontDoorSecret");
    let given = main.at("/Conditions/HasOriginSecret/Fn::And/0");
    let generated_on_aws = *given == json!({ "Fn::Not": [{ "Condition": "Deployed" }] });
    breaches.check("FrontDoorSecret", generated_on_aws, "may be what somebody typed");
    let made = &secret["GenerateSecretString"]["Fn::If"][2];
    breaches.check("FrontDoorSecret", made["PasswordLength"].as_u64() >= Some(32), "nothing long is generated");
    for (name, function) in main.of("AWS::Serverless::Function") {
        let answers_http = events(function).any(|event| event["Type"] == "HttpApi");
        let wanted = json!({ "Fn::If": [
            "ChecksOrigin",
            { "Fn::Sub": "{{resolve:secretsmanager:${FrontDoorSecret}}}" },
            { "Ref": "AWS::NoValue" },
        ] });
        let given = &function["Properties"]["Environment"]["Variables"]["ORIGIN_SECRET"];
        breaches.check(name, !answers_http || *given == wanted, "answers whoever comes past the front doors");
        // The distributions refer to the API and the API to the functions, so the other way round is a cycle.
        let text = function.to_string();
        breaches.check(name, !text.contains("FrontDoors"), "waits for a front door that waits for it");
    }
}
