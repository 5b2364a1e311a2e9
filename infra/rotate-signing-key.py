#!/usr/bin/env python3
"""Replaces the key that signs access tokens, while every token stays good until it runs out by itself.

    rotate-signing-key.py STACK next      makes another key, shows it, and has tokens signed by it
    rotate-signing-key.py STACK switch    has the other one of two live keys sign
    rotate-signing-key.py STACK drop      takes out the one of two live keys that does not sign

It changes one parameter of the stack, `SigningKeys`, and nothing else: no build, and the template that is deployed. Needs
boto3, which aws-sam-cli brings along, and asks AWS as the AWS CLI does. `next` waits between its two steps until whoever
keeps the published keys has seen the new one, and `drop` until the last token of the former key has run out.
"""

import argparse
import sys
import time
from datetime import datetime, timezone

import boto3

# What each value of the parameter becomes; the key that is named first signs.
ADDED = {"first": "first-second", "second": "second-first"}
SWITCHED = {"first-second": "second-first", "second-first": "first-second"}
DROPPED = {"first-second": "first", "second-first": "second"}

# For five minutes the published keys may be kept, and every cache on the way may begin late.
SECONDS_UNTIL_SEEN = 360
# Access tokens are good for fifteen minutes, and five seconds more between two clocks.
SECONDS_UNTIL_RUN_OUT = 960


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="the name of the CloudFormation stack")
    parser.add_argument("step", choices=["next", "switch", "drop"])
    parser.add_argument("--wait", type=int, metavar="SECONDS", help="wait for so long in the place of the time above")
    arguments = parser.parse_args()
    stack = Stack(arguments.stack)
    live = stack.signing_keys()
    if arguments.step == "next":
        if live not in ADDED:
            sys.exit(f"two keys are live already ({live}); `switch` or `drop` comes next")
        stack.set_signing_keys(ADDED[live])
        stack.settle(SECONDS_UNTIL_SEEN if arguments.wait is None else arguments.wait)
        stack.set_signing_keys(SWITCHED[ADDED[live]])
        print("tokens are signed by the new key; `drop` takes the former one out")
        return
    if live not in SWITCHED:
        sys.exit(f"one key is live ({live}); `next` makes another")
    if arguments.step == "switch":
        stack.set_signing_keys(SWITCHED[live])
        return
    stack.settle(SECONDS_UNTIL_RUN_OUT if arguments.wait is None else arguments.wait)
    stack.set_signing_keys(DROPPED[live])
    print("the former key is out; it stays in KMS until somebody deletes it there")


class Stack:
    """A deployed stack, of which one parameter is changed."""

    def __init__(self, name):
        self.name = name
        self.client = boto3.client("cloudformation")

    def describe(self):
        return self.client.describe_stacks(StackName=self.name)["Stacks"][0]

    def signing_keys(self):
        """Which keys are live."""
        values = {each["ParameterKey"]: each["ParameterValue"] for each in self.describe()["Parameters"]}
        if "SigningKeys" not in values:
            sys.exit("what is deployed knows one key only; deploy this version first")
        return values["SigningKeys"]

    def set_signing_keys(self, value):
        """Updates the stack and waits until it is done."""
        kept = [each["ParameterKey"] for each in self.describe()["Parameters"] if each["ParameterKey"] != "SigningKeys"]
        parameters = [{"ParameterKey": key, "UsePreviousValue": True} for key in kept]
        parameters.append({"ParameterKey": "SigningKeys", "ParameterValue": value})
        print(f"SigningKeys={value}", flush=True)
        self.client.update_stack(
            StackName=self.name,
            UsePreviousTemplate=True,
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        while (status := self.describe()["StackStatus"]).endswith("IN_PROGRESS"):
            time.sleep(1)
        if status != "UPDATE_COMPLETE":
            sys.exit(f"the stack ended in {status}; nothing of this step is in force")

    def settle(self, seconds):
        """Waits until the stack's last change is so long ago."""
        changed = self.describe().get("LastUpdatedTime") or datetime.now(timezone.utc)
        left = seconds - (datetime.now(timezone.utc) - changed).total_seconds()
        if left > 0:
            print(f"waiting for {left:.0f} seconds", flush=True)
            time.sleep(left)


if __name__ == "__main__":
    main()
