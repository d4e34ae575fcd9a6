"""Runs the five questions of ANALYSTS.md in each of their five ways, and compares the answers with one another and with
those that the event tables give. Its arguments are the API's address and the guide; bin/analysts starts it."""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import duckdb
import pandas

WAYS = ["curl", "GraphQL", "SQL", "DuckDB", "pandas"]
WAY = re.compile(r"^\*\*(\w+)\*\*(?:: ([^\n]*))?\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main():
    api, guide = sys.argv[1], open(sys.argv[2], encoding="utf-8").read()
    oracle = json.loads(os.environ["STOA_ORACLE"])
    market = Market(api, oracle)
    section = guide.split("\n## Five questions\n")[1].split("\n## ")[0]
    preface, *questions = re.split(r"^### ", section, flags=re.MULTILINE)
    if len(questions) != len(oracle["answers"]) or len(questions) != 5:
        sys.exit(f"{len(questions)} questions, and {len(oracle['answers'])} answers from the event tables")
    os.chdir(tempfile.mkdtemp())
    # The guide's own first block sets an example's variables; the second fetches the files that DuckDB reads.
    _, files = re.findall(r"^```sh\n(.*?)^```$", preface, re.MULTILINE | re.DOTALL)
    market.shell(files)
    wrong = []
    for question, right in zip(questions, oracle["answers"]):
        title = question.splitlines()[0]
        ways = WAY.findall(question)
        if [name for name, _, _ in ways] != WAYS:
            sys.exit(f"{title}: answered by {[name for name, _, _ in ways]}, not by {WAYS}")
        answers = {name: sorted(market.ask(name, where, text)) for name, where, text in ways}
        # The event tables know no EIP-55.
        right = sorted([text.lower() for text in row] for row in right or [])
        if not right:
            sys.exit(f"{title}: the market has no answer to it, so it proves nothing")
        for name, rows in answers.items():
            if rows != answers["curl"]:
                wrong.append(f"{title}: {name} says {rows}, curl {answers['curl']}")
            if sorted([text.lower() for text in row] for row in rows) != right:
                wrong.append(f"{title}: {name} says {rows}, the event tables {right}")
        print(f"{title} {len(right)} rows, the same in {len(answers)} ways and in the event tables")
    if wrong:
        sys.exit("\n".join(wrong))


class Market:
    """The API, and what the questions are about."""

    def __init__(self, api, oracle):
        self.api = api
        self.chain, self.listing = oracle["chain"], oracle["listing"]
        # As EIP-55 writes it: files are compared letter by letter.
        with urllib.request.urlopen(f"{api}/v1/accounts/{oracle['account']}") as answer:
            self.account = json.load(answer)["data"]["address"]
        self.names = {"API": api, "CHAIN": self.chain, "LISTING": self.listing, "ACCOUNT": self.account}

    def ask(self, way, where, text):
        """The rows of an answer, every value as text."""
        if way == "curl":
            return told(json.loads(self.shell(text)), where)
        if way == "GraphQL":
            known = {"chain": self.chain, "listing": f"{self.chain}-{self.listing}", "account": self.account}
            variables = {name: known[name] for name in re.findall(r"\$(\w+):", text)}
            answer = self.post("/graphql", {"query": text, "variables": variables})
            if "errors" in answer:
                sys.exit(f"{text}\n{answer['errors']}")
            return told(answer, where)
        if way == "SQL":
            return texts(self.post("/v1/sql", {"query": self.filled(text)})["data"]["rows"])
        if way == "DuckDB":
            return texts(duckdb.sql(self.filled(text)).fetchall())
        names = {"pandas": pandas, **self.names}
        exec(text, names)  # The guide's own text.
        return texts(names["answer"].itertuples(index=False))

    def filled(self, text):
        return re.sub(r"\$([A-Z]+)", lambda found: str(self.names[found[1]]), text)

    def shell(self, text):
        env = {**os.environ, **{name: str(value) for name, value in self.names.items()}}
        done = subprocess.run(["sh", "-ec", text], env=env, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{text}\nended with {done.returncode}: {done.stderr}")
        return done.stdout

    def post(self, path, body):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.api + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{body}\n{error}: {error.read().decode()}")


def texts(rows):
    return [[str(value) for value in row] for row in rows]


def told(answer, where):
    """What the guide names: "`a` and `b.c` of each of `data.rows`". A list on the way gives a row for each of its items."""
    *fields, place = re.findall(r"`([\w.]+)`", where)
    for name in place.split("."):
        answer = answer[name]
    return texts(row for item in answer for row in rows_of(item, [field.split(".") for field in fields]))


def rows_of(item, fields):
    for depth in range(1, max(map(len, fields))):
        for prefix in {tuple(field[:depth]) for field in fields if len(field) > depth}:
            found = item
            for name in prefix:
                found = found[name]
            if isinstance(found, list):
                return [row for one in found for row in rows_of(put(item, prefix, one), fields)]
    row = []
    for field in fields:
        value = item
        for name in field:
            value = value[name]
        row.append(value)
    return [row]


def put(item, path, value):
    name, *rest = path
    return {**item, name: put(item[name], rest, value) if rest else value}


main()
