//! Templates as CloudFormation reads them.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// One template, with its short forms (`!Ref`, `!Sub`, …) written out as the functions that they stand for.
pub(crate) struct Document(Value);

impl Document {
    /// Reads a template.
    pub(crate) fn parse(text: &str) -> Self {
        let documents = Yaml::load_from_str(text).expect("a template is YAML");
        Self(written_out(&documents[0]))
    }

    /// A part of it by its JSON pointer; null where there is none.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The resources of a type, by name.
    pub(crate) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources().filter(move |(_, resource)| resource["Type"] == kind)
    }

    /// Every resource, by name.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0["Resources"].as_object().into_iter().flatten().map(|(name, resource)| (name.as_str(), resource))
    }

    /// The properties of a resource; null where there is none of this name.
    pub(crate) fn properties(&self, name: &str) -> &Value {
        &self.0["Resources"][name]["Properties"]
    }
}

fn written_out(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(items) => items.iter().map(written_out).collect(),
        Yaml::Mapping(members) => {
            Value::Object(members.iter().map(|(key, value)| (key_text(key), written_out(value))).collect())
        }
        Yaml::Tagged(tag, value) => {
            let value = match (tag.suffix.as_str(), written_out(value)) {
                ("GetAtt", Value::String(path)) => path.splitn(2, '.').collect(),
                (_, value) => value,
            };
            let name = match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            Value::Object(Map::from_iter([(name, value)]))
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => panic!("{node:?} is no part of a template"),
    }
}

fn key_text(key: &Yaml<'_>) -> String {
    match key {
        Yaml::Value(Scalar::String(text)) => text.to_string(),
        other => panic!("{other:?} is no name"),
    }
}

/// The logical id that a `Ref` or a `GetAtt` names.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}

/// A list, also where it is written as its only item.
pub(crate) fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// The texts among a list's items.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    listed(value).into_iter().filter_map(Value::as_str).collect()
}
