"""Deploys template.yaml, as it is, to the emulator.

    deploy.py < request.json

The request names the stack, the template, its parameters, each function's bootstrap by the template's `Binary`, the mail
domain to verify, and the files that lie in the assets bucket, by their keys. What `sam build` and `sam package` would do to the template is done here without them: a function's
code is its bootstrap in a zip, stored in a bucket under its digest. What is under way is printed as one JSON object a line,
`{"at": 2, "of": 7, "what": "..."}`, and at the end `{"outputs": {...}, "environments": {...}}`: the stack's outputs, and each
function's variables by the template's `Binary`. A stack that exists is updated, which
leaves its tables and buckets as they are.
"""

import hashlib
import io
import json
import os
import sys
import time
import zipfile

import boto3
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError

CODE_BUCKET = "vitae-local-code"
TEMPLATE = "template.json"
# Checksums and signatures of hundreds of megabytes protect nothing on the way through one machine's memory.
CONFIG = Config(
    s3={"addressing_style": "path", "payload_signing_enabled": False},
    request_checksum_calculation="when_required",
    retries={"max_attempts": 1},
    read_timeout=120,
)


class TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (`!Ref`, `!Sub`, ...) as the functions that they stand for."""


def intrinsic(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


TemplateLoader.add_multi_constructor("!", intrinsic)


def read_template(path):
    """The template as CloudFormation would read it."""
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, TemplateLoader)


def say(message):
    print(json.dumps(message), flush=True)


def upload_code(template, bootstraps):
    """Stores each function's code and points the function to it; code that no function points to any more is dropped.
    Answers with the binaries by their functions' logical ids."""
    s3 = boto3.client("s3", config=CONFIG)
    try:
        s3.create_bucket(Bucket=CODE_BUCKET)
    except ClientError as error:
        if "BucketAlready" not in error.response["Error"]["Code"]:
            raise
    functions = {i: r for i, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}
    stored = {item["Key"] for item in s3.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", [])}
    wanted, binaries = set(), {}
    for at, (logical_id, resource) in enumerate(functions.items()):
        binary = binaries[logical_id] = resource.pop("Metadata")["BuildProperties"]["Binary"]
        say({"at": at, "of": len(functions) + 1, "what": f"the code of {binary}"})
        with open(bootstraps[binary], "rb") as file:
            code = file.read()
        key = hashlib.sha256(code).hexdigest() + ".zip"
        if key not in stored:
            s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=zipped(code))
        wanted.add(key)
        resource["Properties"]["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": key}
    for key in stored - wanted:
        s3.delete_object(Bucket=CODE_BUCKET, Key=key)
    say({"at": len(functions), "of": len(functions) + 1, "what": "the stack"})
    return binaries


def zipped(code):
    """A stored zip: on one machine, compressing costs more than it saves."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, code)
    return buffer.getvalue()


def deploy(name, template, parameters):
    """Creates or updates the stack and answers with what CloudFormation says of it at the end."""
    cloudformation = boto3.client("cloudformation", config=CONFIG)
    # By its address, because what is sent along may have 51,200 bytes and no more.
    boto3.client("s3", config=CONFIG).put_object(Bucket=CODE_BUCKET, Key=TEMPLATE, Body=json.dumps(template, default=str))
    request = {
        "StackName": name,
        "TemplateURL": f"{cloudformation.meta.endpoint_url}/{CODE_BUCKET}/{TEMPLATE}",
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    try:
        before = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError:
        before = None
    if before and "ROLLBACK_COMPLETE" in before and not before.startswith("UPDATE"):
        # A stack whose first creation failed cannot be updated, only made anew.
        cloudformation.delete_stack(StackName=name)
        wait(cloudformation, name)
        before = None
    try:
        if before:
            cloudformation.update_stack(**request)
        else:
            cloudformation.create_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
    stack = wait(cloudformation, name)
    status = stack["StackStatus"]
    if not status.endswith("COMPLETE") or "ROLLBACK" in status:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]
        sys.exit(f"the stack ended in {status}\n" + "\n".join(reasons))
    return stack


def wait(cloudformation, name, seconds=120):
    """The stack, once nothing is in progress any more."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError:
            return None
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack
        if time.monotonic() > deadline:
            sys.exit(f"the stack was still {stack['StackStatus']} after {seconds} seconds")
        time.sleep(0.05)


def deploy_front_doors(name, template, parameters, folder):
    """The front doors as a stack of their own. Nobody comes in by them here; what the functions tell them is kept."""
    nested = template["Resources"]["FrontDoors"]["Properties"]
    resources = boto3.client("cloudformation", config=CONFIG).describe_stack_resources(StackName=name)["StackResources"]
    known = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    known |= {key: str(value.get("Default", "")) for key, value in template["Parameters"].items()} | parameters
    known["AWS::StackName"] = name
    # What is put together of several is about a way in, which leads nowhere here.
    values = {
        key: known[value["Ref"]] if "Ref" in value else "nowhere.test" for key, value in nested["Parameters"].items()
    }
    deploy(f"{name}-front-doors", read_template(os.path.join(folder, nested["TemplateURL"])), values)


def place_assets(bucket, assets):
    """Puts what is not there yet into the assets bucket."""
    s3 = boto3.client("s3", config=CONFIG)
    stored = {item["Key"]: item["Size"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
    for key, path in assets.items():
        with open(path, "rb") as file:
            content = file.read()
        if stored.get(key) != len(content):
            s3.put_object(Bucket=bucket, Key=key, Body=content)


def environments(name, binaries):
    """Each function's variables, as they were deployed, by its binary."""
    resources = boto3.client("cloudformation", config=CONFIG).describe_stack_resources(StackName=name)["StackResources"]
    names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    client = boto3.client("lambda", config=CONFIG)
    answers = {binary: client.get_function_configuration(FunctionName=names[i]) for i, binary in binaries.items()}
    return {binary: answer.get("Environment", {}).get("Variables", {}) for binary, answer in answers.items()}


def verify_domain(domain):
    """Makes the domain an identity of SES, which the emulator takes for verified at once."""
    try:
        boto3.client("sesv2", config=CONFIG).create_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise


def main():
    request = json.load(sys.stdin)
    template = read_template(request["template"])
    try:
        binaries = upload_code(template, request["bootstraps"])
        verify_domain(request["mail_domain"])
        stack = deploy(request["stack"], template, request["parameters"])
        deploy_front_doors(request["stack"], template, request["parameters"], os.path.dirname(request["template"]))
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        place_assets(outputs["AssetsBucket"], request["assets"])
        variables = environments(request["stack"], binaries)
    except ClientError as error:
        sys.exit(str(error))
    say({"outputs": outputs, "environments": variables})


if __name__ == "__main__":
    main()
