//! What a query may be. Whatever is not named here is refused.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr,
    Ident, ObjectName, ObjectNamePart, Query, Select, SelectFlavor, SetExpr, Statement, TableFactor,
    TrimWhereField, UnaryOperator, Value, Visit as _, VisitMut, Visitor, VisitorMut,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::lists::{FUNCTIONS, VALUES, VIEWS};

/// Letters of a query at most.
pub const LONGEST: usize = 8_000;

/// A query that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The query, printed from what was read.
    pub sql: String,
    /// The views that it reads.
    pub views: BTreeSet<String>,
}

/// Why a query is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

fn refuse<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

/// Reads a query and refuses whatever is not allowed.
pub fn check(text: &str) -> Result<Checked, Refused> {
    if text.chars().count() > LONGEST {
        return refuse(format!("A query has at most {LONGEST} letters."));
    }
    let dialect = PostgreSqlDialect {};
    let unread = |error: &dyn std::fmt::Display| Refused(format!("The query could not be read: {error}."));
    let tokens = Tokenizer::new(&dialect, text).tokenize().map_err(|error| unread(&error))?;
    tokens.iter().try_for_each(token)?;
    let statements =
        Parser::new(&dialect).with_tokens(tokens).parse_statements().map_err(|error| unread(&error))?;
    let Ok([mut statement]) = <[Statement; 1]>::try_from(statements) else {
        return refuse("A request holds exactly one SELECT.");
    };
    if !matches!(statement, Statement::Query(_)) {
        return refuse("Only SELECT is answered here.");
    }
    let mut judge = Judge::default();
    if let ControlFlow::Break(refused) = statement.visit(&mut judge) {
        return Err(*refused);
    }
    let views = judge.relations.iter().filter(|name| VIEWS.contains(&name.as_str())).cloned().collect();
    if let Some(other) =
        judge.relations.iter().find(|name| !VIEWS.contains(&name.as_str()) && !judge.names.contains(*name))
    {
        return refuse(format!("There is no view `{other}`. The views are: {}.", VIEWS.join(", ")));
    }
    let _: ControlFlow<()> = VisitMut::visit(&mut statement, &mut Bytes);
    Ok(Checked { sql: statement.to_string(), views })
}

/// Spellings that need not be understood.
fn token(token: &Token) -> Result<(), Refused> {
    match token {
        Token::Word(word) => match word.quote_style {
            None => Ok(()),
            Some('"') if !word.value.contains(['"', '\\', '\0']) => Ok(()),
            Some(_) => refuse("An identifier in quotes may hold no quotes and no backslash."),
        },
        Token::SingleQuotedString(text) if text.contains('\0') => refuse("Text may not hold U+0000."),
        Token::DollarQuotedString(_)
        | Token::EscapedStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::HexStringLiteral(_)
        | Token::DoubleQuotedString(_) => {
            refuse("Text stands in single quotes, without a prefix or dollars.")
        }
        Token::Placeholder(_) => refuse("A query has no parameters: write the values into it."),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Judge {
    /// Relations that were read from.
    relations: BTreeSet<String>,
    /// Names that WITH gives.
    names: BTreeSet<String>,
}

type Verdict = ControlFlow<Box<Refused>>;

fn verdict(result: Result<(), Refused>) -> Verdict {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(refused) => ControlFlow::Break(Box::new(refused)),
    }
}

impl Visitor for Judge {
    type Break = Box<Refused>;

    fn pre_visit_statement(&mut self, statement: &Statement) -> Verdict {
        verdict(match statement {
            Statement::Query(_) => Ok(()),
            _ => refuse("Only SELECT is answered here."),
        })
    }

    fn pre_visit_query(&mut self, query: &Query) -> Verdict {
        verdict(self.query(query))
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> Verdict {
        verdict(self.relation(relation))
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Verdict {
        verdict(table_factor(factor))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Verdict {
        verdict(expression(expr))
    }

    fn pre_visit_value(&mut self, value: &Value) -> Verdict {
        verdict(match value {
            Value::Number(_, false) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => {
                Ok(())
            }
            other => refuse(format!("`{other}` is not a value that is understood here.")),
        })
    }
}

impl Judge {
    fn query(&mut self, query: &Query) -> Result<(), Refused> {
        if let Some(with) = &query.with {
            if with.recursive {
                return refuse("WITH RECURSIVE is not allowed.");
            }
            for cte in &with.cte_tables {
                let name = folded(&cte.alias.name);
                if name.starts_with("pg_") || VIEWS.contains(&name.as_str()) {
                    return refuse(format!("`{name}` is taken: give the WITH query another name."));
                }
                self.names.insert(name);
            }
        }
        let plain = query.locks.is_empty()
            && query.for_clause.is_none()
            && query.settings.is_none()
            && query.format_clause.is_none()
            && query.pipe_operators.is_empty();
        if !plain {
            return refuse("A SELECT may have no FOR, SETTINGS or FORMAT clause here.");
        }
        body(&query.body)
    }

    fn relation(&mut self, relation: &ObjectName) -> Result<(), Refused> {
        match relation.0.as_slice() {
            [ObjectNamePart::Identifier(name)] => {
                self.relations.insert(folded(name));
                Ok(())
            }
            _ => refuse(format!(
                "`{relation}` is not a view. The views, without a schema: {}.",
                VIEWS.join(", ")
            )),
        }
    }
}

/// A name as Postgres reads it.
fn folded(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

fn body(part: &SetExpr) -> Result<(), Refused> {
    match part {
        SetExpr::Select(select) => one_select(select),
        SetExpr::Query(_) | SetExpr::Values(_) => Ok(()),
        SetExpr::SetOperation { left, right, .. } => body(left).and_then(|()| body(right)),
        _ => refuse("Only SELECT is answered here."),
    }
}

fn one_select(select: &Select) -> Result<(), Refused> {
    let plain = select.into.is_none()
        && select.optimizer_hint.is_none()
        && select.select_modifiers.is_none()
        && select.top.is_none()
        && select.exclude.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.qualify.is_none()
        && select.value_table_mode.is_none()
        && matches!(select.flavor, SelectFlavor::Standard);
    if !plain {
        return refuse("The SELECT has a clause that is not allowed here, such as INTO.");
    }
    match &select.group_by {
        GroupByExpr::Expressions(_, modifiers) if modifiers.is_empty() => Ok(()),
        _ => refuse("GROUP BY takes a list of expressions here."),
    }
}

fn table_factor(factor: &TableFactor) -> Result<(), Refused> {
    match factor {
        TableFactor::Table {
            args: None,
            with_hints,
            version: None,
            with_ordinality: false,
            partitions,
            json_path: None,
            sample: None,
            index_hints,
            ..
        } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => Ok(()),
        TableFactor::Derived { sample: None, .. } => Ok(()),
        TableFactor::NestedJoin { .. } => Ok(()),
        other => refuse(format!("`{other}` cannot be read from: only views, sub-selects and joins of them.")),
    }
}

fn expression(expr: &Expr) -> Result<(), Refused> {
    match expr {
        Expr::Identifier(name) if name.quote_style.is_none() => {
            match VALUES.contains(&name.value.to_lowercase().as_str()) {
                true => refuse(format!("`{name}` is not allowed.")),
                false => Ok(()),
            }
        }
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotUnknown(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::Like { any: false, escape_char: None, .. }
        | Expr::ILike { any: false, escape_char: None, .. }
        | Expr::Extract { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. }
        | Expr::Position { .. }
        | Expr::Substring { .. }
        | Expr::Nested(_)
        | Expr::Value(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::Tuple(_)
        | Expr::Interval(_)
        | Expr::AtTimeZone { .. } => Ok(()),
        Expr::Trim {
            trim_where: None | Some(TrimWhereField::Both | TrimWhereField::Leading | TrimWhereField::Trailing),
            ..
        } => Ok(()),
        Expr::BinaryOp { op, .. } => operator(op),
        Expr::UnaryOp { op: UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not, .. } => Ok(()),
        Expr::Cast { data_type, array: false, format: None, .. } => cast(data_type),
        Expr::TypedString(typed) => cast(&typed.data_type),
        Expr::Function(call) => function(call),
        other => refuse(format!("`{other}` is not allowed.")),
    }
}

fn operator(op: &BinaryOperator) -> Result<(), Refused> {
    use BinaryOperator::{And, Divide, Eq, Gt, GtEq, Lt, LtEq, Minus, Modulo, Multiply, NotEq, Or, Plus};
    match op {
        And | Or | Eq | NotEq | Lt | LtEq | Gt | GtEq | Plus | Minus | Multiply | Divide | Modulo => Ok(()),
        other => refuse(format!("The operator `{other}` is not allowed.")),
    }
}

fn cast(kind: &DataType) -> Result<(), Refused> {
    match kind {
        DataType::Numeric(_)
        | DataType::Decimal(_)
        | DataType::SmallInt(None)
        | DataType::Int(None)
        | DataType::Integer(None)
        | DataType::BigInt(None)
        | DataType::Int2(None)
        | DataType::Int4(None)
        | DataType::Int8(None)
        | DataType::Real
        | DataType::Float4
        | DataType::Float8
        | DataType::DoublePrecision
        | DataType::Bool
        | DataType::Boolean
        | DataType::Date
        | DataType::Timestamp(..)
        | DataType::Interval { .. }
        | DataType::Text
        | DataType::Varchar(None)
        | DataType::Bytea => Ok(()),
        other => refuse(format!("Nothing is cast to `{other}` here.")),
    }
}

fn function(call: &Function) -> Result<(), Refused> {
    let known = match call.name.0.as_slice() {
        [ObjectNamePart::Identifier(name)] if name.quote_style.is_none() => {
            FUNCTIONS.contains(&name.value.to_lowercase().as_str())
        }
        _ => false,
    };
    if !known {
        return refuse(format!(
            "The function `{}` is not allowed. The functions are: {}.",
            call.name,
            FUNCTIONS.join(", ")
        ));
    }
    let plain = !call.uses_odbc_syntax
        && matches!(call.parameters, FunctionArguments::None)
        && match &call.args {
            FunctionArguments::None => true,
            FunctionArguments::Subquery(_) => false,
            FunctionArguments::List(list) => {
                list.clauses.is_empty()
                    && list.args.iter().all(|arg| {
                        let FunctionArg::Unnamed(arg) = arg else { return false };
                        matches!(arg, FunctionArgExpr::Expr(_) | FunctionArgExpr::Wildcard)
                    })
            }
        };
    if plain { Ok(()) } else { refuse(format!("`{}` takes plain arguments here.", call.name)) }
}

/// Makes addresses and hashes, as everybody writes them, what Postgres compares bytes with.
struct Bytes;

impl VisitorMut for Bytes {
    type Break = ();

    fn pre_visit_value(&mut self, value: &mut Value) -> ControlFlow<()> {
        if let Value::SingleQuotedString(text) = value
            && let Some(digits) = text.strip_prefix("0x")
            && matches!(digits.len(), 40 | 64)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            *text = format!("\\x{digits}");
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
