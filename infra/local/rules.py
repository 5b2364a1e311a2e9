"""Holds template.yaml to what no emulator can prove.

    rules.py TEMPLATE

Backups, encryption, retention, least privilege and time-outs work on AWS or not at all, and on this machine nothing would
show that they are missing. Every rule below is checked on every resource of its kind; a breach is printed as
`Resource: what is wrong`.
"""

import sys

from deploy import read_template

# Actions that AWS offers for no narrower resource than `*`.
WITHOUT_RESOURCES = {"textract:DetectDocumentText"}
# What only one function's role may do.
EXCLUSIVE = {"kms:Sign": "AuthRole", "ses:SendEmail": "AuthRole", "textract:DetectDocumentText": "ParseRole"}


class Template:
    def __init__(self, document):
        self.resources = document["Resources"]
        self.breaches = []

    def of(self, kind):
        return [(name, r) for name, r in self.resources.items() if r["Type"] == kind]

    def check(self, name, holds, what):
        if not holds:
            self.breaches.append(f"{name}: {what}")


def listed(value):
    return value if isinstance(value, list) else [value]


def reference(value):
    """The logical id that a `Ref` or a `GetAtt` names."""
    if isinstance(value, dict):
        if "Ref" in value:
            return value["Ref"]
        if "Fn::GetAtt" in value:
            return value["Fn::GetAtt"][0]
    return None


def tables_can_be_restored_and_expire(template):
    for name, table in template.of("AWS::DynamoDB::Table"):
        properties = table["Properties"]
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        template.check(name, recovery.get("PointInTimeRecoveryEnabled") is True, "no point-in-time recovery")
        template.check(name, properties.get("SSESpecification", {}).get("SSEEnabled") is True, "not encrypted")
        template.check(name, properties.get("BillingMode") == "PAY_PER_REQUEST", "not paid for by request")
        expiry = properties.get("TimeToLiveSpecification", {})
        template.check(name, expiry == {"AttributeName": "expires_at", "Enabled": True}, "nothing expires by expires_at")


def data_outlives_the_stack(template):
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"):
        for name, resource in template.of(kind):
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                template.check(name, resource.get(policy) == "Retain", f"{policy} is not Retain")


def buckets_are_private_encrypted_and_tls_only(template):
    guarded = {
        reference(policy["Properties"]["Bucket"])
        for _, policy in template.of("AWS::S3::BucketPolicy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        and len(listed(statement["Resource"])) == 2
    }
    for name, bucket in template.of("AWS::S3::Bucket"):
        properties = bucket["Properties"]
        block = properties.get("PublicAccessBlockConfiguration", {})
        closed = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
        template.check(name, {key for key, on in block.items() if on is True} == closed, "public access is not blocked")
        template.check(name, properties.get("BucketEncryption"), "not encrypted")
        template.check(name, name in guarded, "no policy refuses what comes without TLS")
        rules = properties.get("LifecycleConfiguration", {}).get("Rules", [])
        template.check(
            name,
            any("AbortIncompleteMultipartUpload" in rule for rule in rules),
            "unfinished uploads are kept for ever",
        )


def queues_have_dead_letters_and_time_enough(template):
    queues = dict(template.of("AWS::SQS::Queue"))
    dead_letters = {
        reference(queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in queues.values()
        if "RedrivePolicy" in queue["Properties"]
    }
    for name, queue in queues.items():
        properties = queue["Properties"]
        template.check(name, properties.get("SqsManagedSseEnabled") is True, "not encrypted")
        if name in dead_letters:
            template.check(name, properties.get("MessageRetentionPeriod") == 1209600, "does not keep its messages longest")
        else:
            template.check(name, "RedrivePolicy" in properties, "no dead-letter queue")
    consumed = set()
    for name, function in template.of("AWS::Serverless::Function"):
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] != "SQS":
                continue
            queue = reference(event["Properties"]["Queue"])
            consumed.add(queue)
            visible = queues[queue]["Properties"].get("VisibilityTimeout", 30)
            template.check(queue, visible >= 6 * function["Properties"]["Timeout"], f"invisible for less than 6 time-outs of {name}")
            answers = event["Properties"].get("FunctionResponseTypes")
            template.check(name, answers == ["ReportBatchItemFailures"], f"one failure fails a whole batch of {queue}")
    for name in queues.keys() - dead_letters - consumed:
        template.check(name, False, "nobody reads it")


def functions_have_a_role_a_log_and_limits_of_their_own(template):
    roles, logs = set(), set()
    log_groups = dict(template.of("AWS::Logs::LogGroup"))
    for name, log_group in log_groups.items():
        template.check(name, "RetentionInDays" in log_group["Properties"], "kept for ever")
    for name, function in template.of("AWS::Serverless::Function"):
        properties = function["Properties"]
        role, log = reference(properties.get("Role")), reference(properties.get("LoggingConfig", {}).get("LogGroup"))
        template.check(name, role and role not in roles, "no role of its own")
        template.check(name, log in log_groups and log not in logs, "no log group of its own")
        template.check(name, "MemorySize" in properties and "Timeout" in properties, "memory or time-out is left to chance")
        over_http = any(event["Type"] == "HttpApi" for event in properties.get("Events", {}).values())
        by_queue = any(event["Type"] == "SQS" for event in properties.get("Events", {}).values())
        template.check(name, by_queue or not over_http or properties["Timeout"] < 30, "outlasts the HttpApi's 30 seconds")
        template.check(name, "Policies" not in properties, "has policies beside its role's")
        roles.add(role)
        logs.add(log)


def roles_allow_named_actions_on_named_resources(template):
    for name, role in template.of("AWS::IAM::Role"):
        template.check(name, "ManagedPolicyArns" not in role["Properties"], "a managed policy is attached")
        template.check(name, "RoleName" not in role["Properties"], "named, so that it cannot be replaced")
        for policy in role["Properties"].get("Policies", []):
            check_statements(template, name, policy["PolicyDocument"]["Statement"])
    for name, policy in template.of("AWS::IAM::Policy"):
        for role in policy["Properties"]["Roles"]:
            check_statements(template, reference(role), policy["Properties"]["PolicyDocument"]["Statement"])


def check_statements(template, role, statements):
    for statement in statements:
        actions = listed(statement["Action"])
        for action in actions:
            template.check(role, "*" not in action, f"{action} is no named action")
            template.check(role, action != "dynamodb:Scan", "may scan a table")
            template.check(role, EXCLUSIVE.get(action, role) == role, f"{action} is not its to do")
        if "*" in listed(statement["Resource"]):
            template.check(role, set(actions) <= WITHOUT_RESOURCES, f"{', '.join(actions)} on every resource")


def only_auth_signs(template):
    for name, key in template.of("AWS::KMS::Key"):
        for statement in key["Properties"]["KeyPolicy"]["Statement"]:
            actions = listed(statement["Action"])
            template.check(name, not any("*" in action for action in actions), "the key's policy has a wildcard")
            if "kms:Sign" in actions:
                template.check(name, reference(statement["Principal"]["AWS"]) == "AuthRole", "another role may sign")


RULES = [
    tables_can_be_restored_and_expire,
    data_outlives_the_stack,
    buckets_are_private_encrypted_and_tls_only,
    queues_have_dead_letters_and_time_enough,
    functions_have_a_role_a_log_and_limits_of_their_own,
    roles_allow_named_actions_on_named_resources,
    only_auth_signs,
]


def breaches(document):
    template = Template(document)
    for rule in RULES:
        rule(template)
    return template.breaches


if __name__ == "__main__":
    found = breaches(read_template(sys.argv[1]))
    print("\n".join(found) if found else f"{len(RULES)} rules hold")
    sys.exit(1 if found else 0)
