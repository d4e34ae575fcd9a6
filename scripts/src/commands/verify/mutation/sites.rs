//! Finds what can be changed, in the syntax tree that the compiler gives.

use serde_json::Value;

use super::mutant::{Edit, Kind};

/// Every edit in a source unit, with the function or contract it lies in.
pub(super) fn find(ast: &Value, source: &str) -> Vec<(String, Edit)> {
    let mut finder = Finder { source, place: Vec::new(), edits: Vec::new() };
    finder.walk(ast);
    finder.edits
}

struct Finder<'a> {
    source: &'a str,
    place: Vec<String>,
    edits: Vec<(String, Edit)>,
}

/// Counting a loop's variable otherwise makes a loop without end, which says nothing about tests.
const SKIPPED: [&str; 3] = ["documentation", "loopExpression", "baseContracts"];

impl Finder<'_> {
    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| self.walk(value)),
            Value::Object(fields) => {
                let named =
                    ["ContractDefinition", "FunctionDefinition", "ModifierDefinition"].contains(&kind(value));
                if named {
                    let name = value["name"].as_str().filter(|name| !name.is_empty());
                    self.place.push(name.or(value["kind"].as_str()).unwrap_or_default().to_owned());
                }
                self.visit(value);
                fields
                    .iter()
                    .filter(|(key, _)| !SKIPPED.contains(&&***key))
                    .for_each(|(_, value)| self.walk(value));
                if named {
                    self.place.pop();
                }
            }
            _ => {}
        }
    }

    fn visit(&mut self, node: &Value) {
        match kind(node) {
            "BinaryOperation" => self.binary(node),
            "Assignment" => self.operator(node, "leftHandSide", "rightHandSide"),
            "UnaryOperation" => self.unary(node),
            "IfStatement" => self.condition(node),
            "Conditional" => self.negate(node, node),
            "ModifierInvocation" if node["kind"] == "modifierInvocation" => {
                let span = self.span(node);
                self.push(Kind::Check, span, String::new(), span);
            }
            "ExpressionStatement" => match kind(&node["expression"]) {
                "Assignment" | "UnaryOperation" => self.delete(Kind::Write, node),
                "FunctionCall" => self.delete(Kind::Call, node),
                _ => {}
            },
            "EmitStatement" => self.delete(Kind::Event, node),
            "FunctionCall" => self.arguments(node),
            "Literal" | "YulLiteral" => self.literal(node),
            _ => {}
        }
    }

    fn binary(&mut self, node: &Value) {
        self.operator(node, "leftExpression", "rightExpression");
        if matches!(node["operator"].as_str(), Some("-" | "/")) {
            let (left, right) = (&node["leftExpression"], &node["rightExpression"]);
            let text = format!("({}) {} ({})", self.text(right), text_of(&node["operator"]), self.text(left));
            let span = self.span(node);
            self.push(Kind::Order, span, text, span);
        }
    }

    /// Another operator between two operands.
    fn operator(&mut self, node: &Value, left: &str, right: &str) {
        let operator = text_of(&node["operator"]);
        let Some((kind, other)) = replacement(operator) else { return };
        let (from, to) = (self.span(&node[left]).1, self.span(&node[right]).0);
        let Some(at) = self.source[from..to].find(operator) else { return };
        let shown = self.span(node);
        self.push(kind, (from + at, from + at + operator.len()), other.to_owned(), shown);
    }

    fn unary(&mut self, node: &Value) {
        let span = self.span(node);
        match (text_of(&node["operator"]), node["prefix"].as_bool()) {
            ("!", _) => self.push(Kind::Order, (span.0, span.0 + 1), String::new(), span),
            ("++", Some(true)) => self.push(Kind::Sign, (span.0, span.0 + 2), "--".to_owned(), span),
            ("--", Some(true)) => self.push(Kind::Sign, (span.0, span.0 + 2), "++".to_owned(), span),
            _ => {}
        }
    }

    /// A check is deleted, another condition reversed.
    fn condition(&mut self, node: &Value) {
        let body = &node["trueBody"];
        let only = match kind(body) {
            "Block" if body["statements"].as_array().is_some_and(|list| list.len() == 1) => {
                &body["statements"][0]
            }
            _ => body,
        };
        if kind(only) == "RevertStatement" && node["falseBody"].is_null() {
            self.delete(Kind::Check, node);
        } else {
            self.negate(node, &node["condition"]);
        }
    }

    fn negate(&mut self, node: &Value, shown: &Value) {
        let span = self.span(&node["condition"]);
        let text = format!("!({})", self.text(&node["condition"]));
        let shown = self.span(shown);
        self.push(Kind::Order, span, text, shown);
    }

    /// A statement, with the semicolon that may lie outside of its node.
    fn delete(&mut self, kind: Kind, node: &Value) {
        let (start, mut end) = self.span(node);
        if !self.source[start..end].ends_with(['}', ';']) {
            end += self.source[end..].find(';').map_or(0, |at| at + 1);
        }
        self.push(kind, (start, end), "{}".to_owned(), (start, end));
    }

    /// The first two neighbours of one type are exchanged.
    fn arguments(&mut self, node: &Value) {
        let Some(list) = node["arguments"].as_array() else { return };
        if node["kind"] != "functionCall" || node["names"].as_array().is_some_and(|names| !names.is_empty()) {
            return;
        }
        let same = |pair: &&[Value]| {
            pair[0]["typeDescriptions"]["typeString"] == pair[1]["typeDescriptions"]["typeString"]
                && self.text(&pair[0]) != self.text(&pair[1])
        };
        let Some(pair) = list.windows(2).find(same) else { return };
        let ((a, b), (c, d)) = (self.span(&pair[0]), self.span(&pair[1]));
        let text = format!("{}{}{}", &self.source[c..d], &self.source[b..c], &self.source[a..b]);
        let shown = self.span(node);
        self.push(Kind::Order, (a, d), text, shown);
    }

    fn literal(&mut self, node: &Value) {
        let span = self.span(node);
        let text = &self.source[span.0..span.1];
        let other = match text {
            "true" => Some("false".to_owned()),
            "false" => Some("true".to_owned()),
            _ if node["kind"] == "number" => next(text),
            _ => None,
        };
        let Some(other) = other else { return };
        let line = self.line_around(span);
        self.push(Kind::Constant, span, other, line);
    }

    /// A number alone tells nothing; its line does.
    fn line_around(&self, (start, end): (usize, usize)) -> (usize, usize) {
        let from = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = self.source[end..].find('\n').map_or(self.source.len(), |at| end + at);
        (from, to)
    }

    fn push(&mut self, kind: Kind, (start, end): (usize, usize), text: String, shown: (usize, usize)) {
        self.edits.push((self.place.join("."), Edit { kind, start, end, text, shown }));
    }

    fn span(&self, node: &Value) -> (usize, usize) {
        let mut parts = text_of(&node["src"]).split(':').filter_map(|part| part.parse::<usize>().ok());
        let (start, length) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        (start, (start + length).min(self.source.len()))
    }

    fn text(&self, node: &Value) -> &str {
        let (start, end) = self.span(node);
        &self.source[start..end]
    }
}

fn kind(node: &Value) -> &str {
    text_of(&node["nodeType"])
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn replacement(operator: &str) -> Option<(Kind, &'static str)> {
    Some(match operator {
        "<" => (Kind::Boundary, "<="),
        "<=" => (Kind::Boundary, "<"),
        ">" => (Kind::Boundary, ">="),
        ">=" => (Kind::Boundary, ">"),
        "+" => (Kind::Sign, "-"),
        "-" => (Kind::Sign, "+"),
        "*" => (Kind::Sign, "/"),
        "/" => (Kind::Sign, "*"),
        "+=" => (Kind::Sign, "-="),
        "-=" => (Kind::Sign, "+="),
        "<<" => (Kind::Sign, ">>"),
        ">>" => (Kind::Sign, "<<"),
        "&" => (Kind::Sign, "|"),
        "|" => (Kind::Sign, "&"),
        "==" => (Kind::Order, "!="),
        "!=" => (Kind::Order, "=="),
        "&&" => (Kind::Order, "||"),
        "||" => (Kind::Order, "&&"),
        _ => return None,
    })
}

/// A number that differs by one in its last digit before an exponent or unit.
fn next(text: &str) -> Option<String> {
    let hex = text.starts_with("0x");
    let digit = |c: char| if hex { c.is_ascii_hexdigit() || c == 'x' } else { c.is_ascii_digit() };
    let length = text.find(|c: char| !digit(c) && c != '_').unwrap_or(text.len());
    let last = text[..length].chars().next_back()?;
    let radix = if hex { 16 } else { 10 };
    let value = last.to_digit(radix)?;
    let other = if value + 1 < radix { value + 1 } else { value - 1 };
    let other = char::from_digit(other, radix)?;
    Some(format!("{}{other}{}", &text[..length - 1], &text[length..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_differ_by_one() {
        let told =
            ["0", "9", "7 days", "10_000", "1e18", "0x1f", "0xa0", "52"].map(|text| next(text).unwrap());
        assert_eq!(told, ["1", "8", "8 days", "10_001", "2e18", "0x1e", "0xa1", "53"]);
        assert_eq!(next(""), None);
    }

    fn told(source: &str, ast: &Value) -> Vec<(Kind, String)> {
        let apply = |edit: &Edit| format!("{}{}{}", &source[..edit.start], edit.text, &source[edit.end..]);
        find(ast, source).iter().map(|(_, edit)| (edit.kind, apply(edit))).collect()
    }

    #[test]
    fn operators_are_replaced_and_operands_exchanged() {
        let ast = json!({
            "nodeType": "BinaryOperation", "operator": "-", "src": "0:5:0",
            "leftExpression": {"nodeType": "Identifier", "src": "0:1:0"},
            "rightExpression": {"nodeType": "Identifier", "src": "4:1:0"},
        });
        let expected = [(Kind::Sign, "a + b;".to_owned()), (Kind::Order, "(b) - (a);".to_owned())];
        assert_eq!(told("a - b;", &ast), expected);
    }

    #[test]
    fn checks_are_deleted_and_other_conditions_reversed() {
        let node = |body: &str| {
            json!({
                "nodeType": "IfStatement", "src": "0:12:0", "falseBody": null,
                "condition": {"nodeType": "Identifier", "src": "4:1:0"},
                "trueBody": {"nodeType": body, "src": "7:5:0"},
            })
        };
        let source = "if (a) stop();";
        assert_eq!(told(source, &node("RevertStatement")), [(Kind::Check, "{}".to_owned())]);
        assert_eq!(told(source, &node("Return")), [(Kind::Order, "if (!(a)) stop();".to_owned())]);
    }

    #[test]
    fn places_are_named_and_loop_counters_left_alone() {
        let statement = json!({
            "nodeType": "ExpressionStatement", "src": "0:3:0",
            "expression": {"nodeType": "FunctionCall", "kind": "functionCall", "src": "0:3:0", "arguments": []},
        });
        let function = json!({"nodeType": "FunctionDefinition", "name": "f", "body": statement});
        let ast = json!({"nodeType": "ContractDefinition", "name": "A", "nodes": [function]});
        let found = find(&ast, "g();");
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].0, found[0].1.end), ("A.f", 4));
        assert_eq!(find(&json!({"nodeType": "ForStatement", "loopExpression": statement}), "g();"), []);
    }
}
