//! Holds template.yaml, and what is nested in it, to what no emulator can prove: backups, encryption, retention, least
//! privilege, time-outs, front doors, alarms. On this machine nothing would show that one of them is missing.
//!
//! A rule is a function that looks at the templates and reports each breach as `Resource: what is wrong`. One test finds
//! none in the templates as they are; the other worsens them, one line at a time, and finds every worsening out.

mod data;
mod document;
mod edge;
mod functions;
mod watch;

use std::path::Path;
use std::rc::Rc;

use document::Document;

/// The templates as they are read, and the source of the list of metrics.
#[derive(Clone)]
struct Templates {
    main: Rc<Document>,
    front_doors: Rc<Document>,
    alarms: Rc<Document>,
    dashboard: Rc<Document>,
    metrics: String,
}

/// What is wrong.
#[derive(Default)]
struct Breaches(Vec<String>);

impl Breaches {
    fn check(&mut self, name: &str, holds: bool, what: &str) {
        if !holds {
            self.0.push(format!("{name}: {what}"));
        }
    }
}

const RULES: [fn(&Templates, &mut Breaches); 25] = [
    data::tables_can_be_restored_and_expire,
    data::data_outlives_the_stack,
    data::buckets_are_private_encrypted_and_tls_only,
    data::only_the_front_door_reads_a_bucket_from_outside,
    data::queues_have_dead_letters_and_time_enough,
    data::only_auth_signs,
    data::what_is_asked_for_can_be_answered,
    data::the_front_doors_prove_themselves,
    functions::each_has_a_role_a_log_and_limits_of_its_own,
    functions::roles_allow_named_actions_on_named_resources,
    functions::each_role_touches_its_own_objects,
    functions::who_sends_mail_is_held_to_one_sender,
    edge::the_api_is_logged_without_the_person,
    edge::the_api_is_throttled_and_open_to_known_origins_only,
    edge::everything_goes_by_tls,
    edge::the_app_s_door_leads_to_the_api_and_to_no_portfolio,
    edge::the_api_gets_what_it_reads,
    edge::portfolios_come_from_the_bucket_then_from_the_api,
    edge::what_is_taken_down_is_forgotten,
    watch::every_metric_is_one_that_a_function_emits,
    watch::every_queue_and_function_is_watched,
    watch::the_slowest_are_below_their_time_out,
    watch::every_alarm_is_told,
    watch::the_dashboard_can_be_read,
    watch::nested_stacks_get_what_they_ask_for,
];

const MAIN: &str = "template.yaml";
const FRONT_DOORS: &str = "infra/front-doors.yaml";
const ALARMS: &str = "infra/alarms.yaml";
const DASHBOARD: &str = "infra/dashboard.yaml";
const METRICS: &str = "shared/runtime/src/metrics.rs";

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    std::fs::read_to_string(path).expect("a file of this checkout")
}

impl Templates {
    fn of_this_checkout() -> Self {
        let document = |file| Rc::new(Document::parse(&read(file)));
        Self {
            main: document(MAIN),
            front_doors: document(FRONT_DOORS),
            alarms: document(ALARMS),
            dashboard: document(DASHBOARD),
            metrics: read(METRICS),
        }
    }

    /// The same with another text in the place of one file.
    fn with(mut self, file: &str, text: &str) -> Self {
        let place = match file {
            MAIN => &mut self.main,
            FRONT_DOORS => &mut self.front_doors,
            ALARMS => &mut self.alarms,
            _ => &mut self.dashboard,
        };
        *place = Rc::new(Document::parse(text));
        self
    }

    fn breaches(&self) -> Vec<String> {
        let mut found = Breaches::default();
        for rule in RULES {
            rule(self, &mut found);
        }
        found.0
    }
}

#[test]
fn the_templates_keep_every_rule() {
    let found = Templates::of_this_checkout().breaches();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A file, a piece of it, what that is made, and what must be found of it.
#[rustfmt::skip]
const WORSENINGS: &[(&str, &str, &str, &str)] = &[
    (MAIN, "PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "PeopleTable: no point-in-time"),
    (
        MAIN,
        "SSESpecification: { SSEEnabled: true }",
        "SSESpecification: { SSEEnabled: false }",
        "PeopleTable: not encrypted",
    ),
    (MAIN, "BillingMode: PAY_PER_REQUEST", "BillingMode: PROVISIONED", "PeopleTable: not paid for by request"),
    (
        MAIN,
        "AttributeName: expires_at, Enabled: true",
        "AttributeName: expires, Enabled: true",
        "PeopleTable: nothing expires",
    ),
    (MAIN, "!If [HoldsPeoplesData, true, false]", "false", "PeopleTable: may be deleted by mistake"),
    (MAIN, "!Equals [!Ref Stage, production]]", "!Equals [!Ref Stage, dev]]", "production: its tables may be deleted"),
    (MAIN, "DeletionPolicy: Retain", "DeletionPolicy: Delete", "PeopleTable: DeletionPolicy is not Retain"),
    (MAIN, "Value: unconfirmed", "Value: other", "FilesBucket: keeps uploads that no job"),
    (MAIN, "ExpirationInDays: 15", "ExpirationInDays: 14", "FilesBucket: keeps uploads that no job"),
    (MAIN, "BlockPublicPolicy: true", "BlockPublicPolicy: false", "FilesBucket: public access"),
    (
        MAIN,
        "- ServerSideEncryptionByDefault: { SSEAlgorithm: AES256 }",
        "- BucketKeyEnabled: true",
        "FilesBucket: not encrypted",
    ),
    (
        MAIN,
        "ObjectOwnership: BucketOwnerEnforced",
        "ObjectOwnership: ObjectWriter",
        "FilesBucket: its objects may have",
    ),
    (
        MAIN,
        "AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }",
        "ExpirationInDays: 1000",
        "FilesBucket: unfinished uploads",
    ),
    (
        MAIN,
        "      CorsConfiguration:",
        "      VersioningConfiguration: { Status: Enabled }\n      CorsConfiguration:",
        "FilesBucket: keeps what people delete",
    ),
    (
        MAIN,
        "Bool: { \"aws:SecureTransport\": \"false\" }",
        "Bool: { \"aws:SecureTransport\": \"true\" }",
        "FilesBucket: no policy refuses",
    ),
    (MAIN, "Principal: { Service: cloudfront.amazonaws.com }", "Principal: \"*\"", "SitesBucket: lets somebody in"),
    (
        MAIN,
        "              Action: s3:GetObject\n",
        "              Action: s3:ListBucket\n",
        "SitesBucket: lets the front door do more",
    ),
    (
        MAIN,
        "Resource: !Sub \"${SitesBucket.Arn}/p/*\"\n              Condition",
        "Resource: !Sub \"${SitesBucket.Arn}/*\"\n              Condition",
        "SitesBucket: shows more than portfolios",
    ),
    (
        MAIN,
        "{ Distribution: !GetAtt FrontDoors.Outputs.SitesDistribution }",
        "{ Distribution: \"*\" }",
        "SitesBucket: lets any distribution",
    ),
    (MAIN, "!Sub /${AWS::StackName}/sites-front-door", "sites-front-door", "AuthFunction: does not know the sites'"),
    (MAIN, "GenerateRole: !Ref GenerateRole", "GenerateRole: !Ref AtsRole", "GenerateFunction: may not have it forget"),
    (
        FRONT_DOORS,
        "Name: !Sub /${Installation}/sites-front-door",
        "Name: !Sub /${Installation}/sites",
        "SitesFrontDoor: is called something else",
    ),
    (FRONT_DOORS, "\"hosts\":false}", "\"hosts\":false", "SitesFrontDoor: cannot be read"),
    (
        FRONT_DOORS,
        "distribution/${SitesDistribution}\n",
        "distribution/*\n",
        "InvalidationPolicy: is about another distribution",
    ),
    (MAIN, "SqsManagedSseEnabled: true", "SqsManagedSseEnabled: false", "ParseQueue: not encrypted"),
    (MAIN, "MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 60", "ParseDeadLetters: does not keep"),
    (
        MAIN,
        "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt AtsDeadLetters.Arn\n        maxReceiveCount: 5\n",
        "",
        "AtsQueue: no dead-letter queue",
    ),
    (MAIN, "maxReceiveCount: 5", "maxReceiveCount: 1", "ParseQueue: gives a message up"),
    (MAIN, "VisibilityTimeout: 720", "VisibilityTimeout: 719", "ParseQueue: invisible for less"),
    (
        MAIN,
        "FunctionResponseTypes: [ReportBatchItemFailures]",
        "FunctionResponseTypes: []",
        "AuthFunction: one failure",
    ),
    (MAIN, "ScalingConfig: { MaximumConcurrency: 5 }", "Enabled: true", "AnalyticsFunction: takes all"),
    (MAIN, "Queue: !GetAtt AtsQueue.Arn", "Queue: !GetAtt ParseQueue.Arn", "AtsQueue: nobody reads it"),
    (MAIN, "              - kms:CancelKeyDeletion", "              - \"kms:*\"", "SigningKey: the key's policy"),
    (MAIN, "              - kms:CancelKeyDeletion", "              - kms:Sign", "SigningKey: another role"),
    (
        MAIN,
        "              - kms:CancelKeyDeletion",
        "              - kms:CreateGrant",
        "SigningKey: its use can be granted",
    ),
    (MAIN, "    Default: \"on\"", "    Default: \"off\"", "OriginCheck: off"),
    (MAIN, "!Not [!Condition Deployed]", "!Not [!Equals [!Ref Stage, local]]", "FrontDoorSecret: may be what somebody"),
    (MAIN, "  Models:\n    Type: String\n", "  Models:\n    Type: String\n    NoEcho: true\n", "Models: cannot be left empty"),
    (MAIN, "    Description: A filter of the tracing", "    # A filter of the tracing", "LogLevel: does not say"),
    (MAIN, "PasswordLength: 48", "PasswordLength: 8", "FrontDoorSecret: nothing long"),
    (
        MAIN,
        "ORIGIN_SECRET: !If [ChecksOrigin, !Sub \"{{resolve:secretsmanager:${FrontDoorSecret}}}\", !Ref AWS::NoValue]",
        "ORIGIN_SECRET: !Ref AWS::NoValue",
        "AuthFunction: answers whoever",
    ),
    (
        MAIN,
        "          APP_URL: !Ref AppUrl",
        "          APP_URL: !GetAtt FrontDoors.Outputs.AppDomain",
        "AuthFunction: waits for a front door",
    ),
    (MAIN, "      RetentionInDays: !Ref LogRetentionInDays\n", "", "ApiLogs: kept for ever"),
    (MAIN, "    Tracing: Active\n", "", "AuthFunction: not traced"),
    (MAIN, "Role: !GetAtt UploadUrlRole.Arn", "Role: !GetAtt AuthRole.Arn", "UploadUrlFunction: no role of its own"),
    (MAIN, "LogGroup: !Ref UploadUrlLogs", "LogGroup: !Ref AuthLogs", "UploadUrlFunction: no log group"),
    (MAIN, "      MemorySize: 1024\n", "", "AuthFunction: memory"),
    (MAIN, "      Timeout: 60\n", "", "AuthFunction: the time-out"),
    (MAIN, "      Timeout: 29\n", "      Timeout: 31\n", "UploadUrlFunction: outlasts"),
    (
        MAIN,
        "      Role: !GetAtt AuthRole.Arn",
        "      Policies: [SQSPollerPolicy: { QueueName: q }]\n      Role: !GetAtt AuthRole.Arn",
        "AuthFunction: has policies",
    ),
    (
        MAIN,
        "Action: [xray:PutTelemetryRecords, xray:PutTraceSegments]",
        "Action: [xray:PutTraceSegments]",
        "AuthFunction: its traces are refused",
    ),
    (
        MAIN,
        "      Description: Reads originals, writes resumes.",
        "      ManagedPolicyArns: [a]",
        "ParseRole: a managed policy",
    ),
    (MAIN, "      Description: Reads originals, writes resumes.", "      RoleName: parse", "ParseRole: named"),
    (
        MAIN,
        "Principal: { Service: lambda.amazonaws.com }",
        "Principal: { Service: ec2.amazonaws.com }",
        "AuthRole: somebody else",
    ),
    (
        MAIN,
        "                Action: [ses:SendEmail]",
        "                NotAction: [ses:SendEmail]",
        "AuthRole: is no plain allowance",
    ),
    (
        MAIN,
        "                Action: [ses:SendEmail]",
        "                NotAction: [ses:SendEmail]",
        "AuthRole: allows nothing by name",
    ),
    (MAIN, "Action: [sqs:SendMessage]", "Action: [\"sqs:*\"]", "UploadUrlRole: sqs:* is no named"),
    (MAIN, "                  - dynamodb:Query\n", "                  - dynamodb:Scan\n", "AuthRole: may scan"),
    (
        MAIN,
        "                Action: [kms:GetPublicKey]",
        "                Action: [kms:Sign]",
        "UploadUrlRole: kms:Sign is not its",
    ),
    (
        MAIN,
        "                Resource: !GetAtt CountersTable.Arn",
        "                Resource: \"*\"",
        "AuthRole: dynamodb:UpdateItem on every",
    ),
    (
        MAIN,
        "Resource: !Sub \"${FilesBucket.Arn}/uploads/*\"\n",
        "Resource: !Sub \"${FilesBucket.Arn}/*\"\n",
        "UploadUrlRole: touches ${FilesBucket.Arn}/*",
    ),
    (
        MAIN,
        "${FilesBucket.Arn}/uploads/*/original",
        "${FilesBucket.Arn}/documents/*",
        "ParseRole: touches ${FilesBucket.Arn}/documents/*",
    ),
    (
        MAIN,
        "StringEquals: { \"ses:FromAddress\": !Ref MailFrom }",
        "StringEquals: { \"aws:ResourceTag/a\": b }",
        "AuthRole: may write in anybody's name",
    ),
    (MAIN, "DestinationArn: !GetAtt ApiLogs.Arn", "DestinationArn: arn", "Api: requests are not logged"),
    (MAIN, "{\"time\":", "{time:", "Api: its log is no JSON"),
    (MAIN, "\"$context.routeKey\"", "\"$context.path\"", "Api: route may say something"),
    (MAIN, "        ThrottlingRateLimit: !Ref ThrottlingRate\n", "", "Api: no ThrottlingRateLimit"),
    (MAIN, "allowOrigins: !Split [\",\", !Ref AllowedOrigins]", "allowOrigins: [\"*\"]", "Api: open to other origins"),
    (MAIN, "https?://[^/,*]+(,", "https?://[^/,]+(,", "AllowedOrigins: a wildcard"),
    (
        FRONT_DOORS,
        "MinimumProtocolVersion: TLSv1.2_2021",
        "MinimumProtocolVersion: TLSv1",
        "AppDistribution: an old TLS is let in",
    ),
    (
        FRONT_DOORS,
        "            ViewerProtocolPolicy: redirect-to-https\n            Compress: true\n            CachePolicyId: !Ref ApiCache\n            FunctionAssociations",
        "            ViewerProtocolPolicy: allow-all\n            Compress: true\n            CachePolicyId: !Ref ApiCache\n            FunctionAssociations",
        "AppDistribution: the rest goes without TLS",
    ),
    (
        FRONT_DOORS,
        "ViewerProtocolPolicy: https-only",
        "ViewerProtocolPolicy: redirect-to-https",
        "AppDistribution: /api/* is redirected",
    ),
    (
        FRONT_DOORS,
        "OriginProtocolPolicy: https-only",
        "OriginProtocolPolicy: match-viewer",
        "AppDistribution: speaks to the API without",
    ),
    (
        FRONT_DOORS,
        "OriginSSLProtocols: [TLSv1.2]",
        "OriginSSLProtocols: [TLSv1]",
        "AppDistribution: speaks to the API by",
    ),
    (FRONT_DOORS, "HeaderName: x-origin-verify", "HeaderName: x-something", "AppDistribution: does not prove itself"),
    (FRONT_DOORS, "              OriginAccessControlId: !Ref BucketAccess\n", "", "AppDistribution: asks a bucket"),
    (
        FRONT_DOORS,
        "        WebACLId: !If [HasWebAcl, !Ref WebAcl, !Ref AWS::NoValue]\n",
        "",
        "AppDistribution: takes no web ACL",
    ),
    (FRONT_DOORS, "SigningBehavior: always", "SigningBehavior: no-override", "BucketAccess: does not always sign"),
    (FRONT_DOORS, "PathPattern: /healthz", "PathPattern: /p/*", "AppDistribution: leads elsewhere"),
    (
        FRONT_DOORS,
        "          - PathPattern: /healthz\n            TargetOriginId: api",
        "          - PathPattern: /healthz\n            TargetOriginId: pages",
        "AppDistribution: hides a path",
    ),
    (
        FRONT_DOORS,
        "          - TargetOriginId: pages",
        "          - TargetOriginId: api",
        "AppDistribution: hides the static",
    ),
    (
        FRONT_DOORS,
        "FunctionARN: !GetAtt NothingHere.FunctionMetadata.FunctionARN",
        "FunctionARN: !GetAtt FindPage.FunctionMetadata.FunctionARN",
        "AppDistribution: shows portfolios",
    ),
    (FRONT_DOORS, "            - idempotency-key\n", "", "ApiRequest: keeps idempotency-key"),
    (FRONT_DOORS, "              - sec-fetch-site\n", "", "ApiRequest: keeps sec-fetch-site"),
    (FRONT_DOORS, "            - cloudfront-viewer-address\n", "", "ApiRequest: keeps cloudfront-viewer-address"),
    (FRONT_DOORS, "            - accept-language\n", "            - host\n", "ApiRequest: names another host"),
    (
        FRONT_DOORS,
        "            - accept-language\n",
        "            - accept-language\n            - dnt\n",
        "ApiRequest: names more headers",
    ),
    (FRONT_DOORS, "              - authorization\n", "", "ApiCache: answers alike whatever the authorization"),
    (FRONT_DOORS, "        DefaultTTL: 0", "        DefaultTTL: 60", "ApiCache: keeps what"),
    (
        FRONT_DOORS,
        "QueryStringsConfig: { QueryStringBehavior: all }",
        "QueryStringsConfig: { QueryStringBehavior: none }",
        "ApiCache: answers alike to any query",
    ),
    (
        FRONT_DOORS,
        "CookiesConfig: { CookieBehavior: all }",
        "CookiesConfig: { CookieBehavior: none }",
        "ApiRequest: keeps cookies",
    ),
    (FRONT_DOORS, "PathPattern: /unlock/*", "PathPattern: /opens/*", "SitesDistribution: takes no passwords"),
    (
        FRONT_DOORS,
        "          - PathPattern: /unlock/*",
        "          - PathPattern: /x\n          - PathPattern: /unlock/*",
        "SitesDistribution: leads elsewhere",
    ),
    (
        FRONT_DOORS,
        "          TargetOriginId: sites-then-api",
        "          TargetOriginId: sites",
        "SitesDistribution: never asks",
    ),
    (
        FRONT_DOORS,
        "[{ OriginId: sites }, { OriginId: api }]",
        "[{ OriginId: api }, { OriginId: sites }]",
        "SitesDistribution: does not ask the bucket first",
    ),
    (FRONT_DOORS, "Items: [403, 404]", "Items: [404, 500]", "SitesDistribution: stops at"),
    (
        FRONT_DOORS,
        "          TargetOriginId: sites-then-api\n",
        "          TargetOriginId: sites-then-api\n          AllowedMethods: [GET, HEAD, OPTIONS, PUT]\n",
        "SitesDistribution: lets portfolios be written",
    ),
    (FRONT_DOORS, "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "!Ref SitesCache", "SitesDistribution: keeps the answer"),
    (
        FRONT_DOORS,
        "            if (!request.uri.startsWith('/p/')) return nothingHere();\n",
        "",
        "FindSite: serves more",
    ),
    (
        FRONT_DOORS,
        "FunctionARN: !GetAtt FindSite",
        "FunctionARN: !GetAtt NothingHere",
        "SitesDistribution: does not find",
    ),
    (FRONT_DOORS, "        MaxTTL: 60\n", "        MaxTTL: 600\n", "SitesCache: shows for longer"),
    (
        FRONT_DOORS,
        "CookiesConfig: { CookieBehavior: whitelist, Cookies: [vitae_site] }",
        "CookiesConfig: { CookieBehavior: none }",
        "SitesCache: shows a protected",
    ),
    (
        FRONT_DOORS,
        "          ResponseHeadersPolicyId: !Ref SitesHeaders\n",
        "",
        "SitesDistribution: answers without security",
    ),
    (
        FRONT_DOORS,
        "frame-ancestors 'none'\", Override: false",
        "frame-ancestors 'self'\", Override: false",
        "SitesHeaders: lets pages be framed",
    ),
    (FRONT_DOORS, "            Override: false", "            Override: true", "PagesHeaders: replaces"),
    (
        FRONT_DOORS,
        "ContentTypeOptions: { Override: true }",
        "ContentTypeOptions: { Override: false }",
        "PagesHeaders: lets types",
    ),
    (FRONT_DOORS, "AccessControlMaxAgeSec: 63072000", "AccessControlMaxAgeSec: 60", "PagesHeaders: lets browsers"),
    (ALARMS, "Namespace: AWS/SQS", "Namespace: Sqs", "ParseDeadLettersHoldSomething: watches a namespace"),
    (ALARMS, "MetricName: JobsResent", "MetricName: JobsResend", "JobsAreLost: JobsResend is no metric"),
    (
        ALARMS,
        "{ Name: Function, Value: upload-url }\n      Statistic",
        "{ Name: Function, Value: parse }\n      Statistic",
        "JobsAreLost: JobsResent never comes from parse",
    ),
    (ALARMS, "        - { Name: Stage, Value: !Ref Stage }\n", "", "JobsAreLost: JobsResent has other dimensions"),
    (
        ALARMS,
        "        - { Name: Stage, Value: !Ref Stage }\n",
        "        - { Name: Stage, Value: dev }\n",
        "JobsAreLost: JobsResent is another",
    ),
    (DASHBOARD, "\"Vitae\", \"PagesRead\"", "\"Vitae\", \"Pages\"", "Pages: Pages is no metric"),
    (DASHBOARD, "\"Vitae\", \"PagesRead\"", "\"Vitae\", \"PagesRecognised\"", "PagesRead: is nowhere"),
    (DASHBOARD, "MetricName=\\\"StageDuration", "MetricName=\\\"Stage", "StageDuration: is nowhere"),
    (ALARMS, "Value: !Ref ParseDeadLetters }", "Value: !Ref ParseQueue }", "ParseDeadLetters: no alarm on"),
    (
        ALARMS,
        "MetricName: ApproximateAgeOfOldestMessage",
        "MetricName: NumberOfMessagesSent",
        "ParseQueue: no alarm on",
    ),
    (ALARMS, "MetricName: Errors", "MetricName: Invocations", "AuthFunction: no alarm on Errors"),
    (ALARMS, "MetricName: Throttles", "MetricName: Invocations", "AuthFunction: no alarm on Throttles"),
    (ALARMS, "MetricName: Duration", "MetricName: Invocations", "AuthFunction: no alarm on Duration"),
    (ALARMS, "MetricName: WriteThrottleEvents", "MetricName: ReadThrottleEvents", "PeopleTable: no alarm"),
    (ALARMS, "MetricName: 5xx", "MetricName: 4xx", "Api: no alarm on 5xx"),
    (ALARMS, "MetricName: SignInsFailed", "MetricName: SignInsSucceeded", "SignInsFailed: nobody is told"),
    (ALARMS, "ExtendedStatistic: p99", "Statistic: Maximum", "AuthIsSlow: is not about the slowest"),
    (ALARMS, "Threshold: 3000\n", "Threshold: 60000\n", "AuthIsSlow: rings when"),
    (ALARMS, "      AlarmActions: [!Ref Topic]\n", "", "ParseDeadLettersHoldSomething: AlarmActions"),
    (
        ALARMS,
        "      AlarmDescription:",
        "      # AlarmDescription:",
        "ParseDeadLettersHoldSomething: does not say what it means",
    ),
    (ALARMS, "      TreatMissingData: notBreaching\n", "", "ParseDeadLettersHoldSomething: does not say what silence"),
    (ALARMS, "Endpoint: !Ref AlarmEmail", "Endpoint: nobody", "MailOfAlarms: goes to nobody"),
    (MAIN, "SweepRule: !Ref UploadUrlFunctionSweep", "SweepRule: !Ref UploadUrlFunction", "SweepRule: watches another"),
    (DASHBOARD, "{ \"type\": \"metric\"", "{ type: \"metric\"", "Dashboard: is no JSON"),
    (DASHBOARD, "\"x\": 16", "\"x\": 20", "Answers that are our fault: stands outside"),
    (MAIN, "TemplateURL: infra/alarms.yaml", "TemplateURL: infra/dashboard.yaml", "Alarms: is another template"),
    (MAIN, "        AlarmEmail: !Ref AlarmEmail\n", "", "Alarms: is given other parameters"),
    (
        MAIN,
        "  Alarms:\n    Type: AWS::CloudFormation::Stack\n    Condition: Deployed",
        "  Alarms:\n    Type: AWS::CloudFormation::Stack\n    Condition: HasModels",
        "Alarms: is made locally",
    ),
];

#[test]
fn every_worsening_is_found() {
    let templates = Templates::of_this_checkout();
    let mut unnoticed = Vec::new();
    for (file, good, bad, breach) in WORSENINGS {
        let text = read(file);
        if !text.contains(good) {
            unnoticed.push(format!("{file} has no {good:?}"));
            continue;
        }
        let found = templates.clone().with(file, &text.replacen(good, bad, 1)).breaches();
        if !found.iter().any(|found| found.starts_with(breach)) {
            unnoticed.push(format!("{file}: {bad:?} should be found as {breach:?}, and was as {found:?}"));
        }
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}
