//! `openapi.json` against the router, and against `docs/http.md`. A validator for the few words of JSON Schema
//! that the document uses reads every answer that any test gets.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::{Method, StatusCode, header};
use serde_json::Value;

use crate::client::{Answer, Client};
use crate::world::World;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).unwrap());

/// Fails unless the document has this answer. Paths without a route, other methods and forms are not in it.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap();
    let operation = &DOCUMENT["paths"][path][method.as_str().to_lowercase()];
    // Routes that this mount does not have are 404.
    if operation.is_null() || answer.status == StatusCode::NOT_FOUND {
        return;
    }
    let status = answer.status.as_u16().to_string();
    let response = resolved(&operation["responses"][&status]);
    assert!(response.is_object(), "{method} {path} has no {status}: {}", answer.body);
    let media_type = answer.header(header::CONTENT_TYPE);
    let schema = &response["content"][media_type]["schema"];
    assert!(schema.is_object(), "{method} {path} {status} is no {media_type}");
    valid(schema, &answer.json()).unwrap_or_else(|why| panic!("{why}: {}", answer.body));
    if response["headers"]["Retry-After"]["required"] == true {
        let seconds = answer.header(header::RETRY_AFTER);
        assert_eq!(seconds, answer.json()["retry_after"].to_string());
    }
}

fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(place) => resolved(DOCUMENT.pointer(place.strip_prefix('#').unwrap()).unwrap()),
        None => value,
    }
}

/// Whether a value is one of the schema. A word that is not known here is a failure.
fn valid(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolved(schema);
    let wrong = |word: &str| Err(format!("{word} of {schema} refuses {value}"));
    for (word, rule) in schema.as_object().unwrap() {
        let text = value.as_str();
        let fits = match word.as_str() {
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap() {
                    "string" => value.is_string(),
                    "integer" => value.is_u64(),
                    "boolean" => value.is_boolean(),
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "null" => value.is_null(),
                    other => panic!("the type {other}"),
                };
                rule.as_array().map_or_else(|| is(rule), |names| names.iter().any(is))
            }
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_u64() >= rule.as_u64(),
            "minLength" => text.is_none_or(|text| text.len() as u64 >= rule.as_u64().unwrap()),
            "maxLength" => text.is_none_or(|text| text.len() as u64 <= rule.as_u64().unwrap()),
            "minItems" => value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(),
            "items" => {
                value.as_array().unwrap().iter().try_for_each(|item| valid(rule, item))?;
                true
            }
            "required" => {
                rule.as_array().unwrap().iter().all(|name| !value[name.as_str().unwrap()].is_null())
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        valid(schema, member)?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema["properties"].as_object().unwrap();
                value.as_object().unwrap().keys().all(|name| known.contains_key(name))
            }
            "allOf" => {
                rule.as_array().unwrap().iter().try_for_each(|one| valid(one, value))?;
                true
            }
            "oneOf" => {
                let fitting =
                    rule.as_array().unwrap().iter().filter(|one| valid(one, value).is_ok());
                fitting.count() == 1
            }
            "description" | "format" | "default" => true,
            other => panic!("the word {other}"),
        };
        if !fits {
            return wrong(word);
        }
    }
    Ok(())
}

fn documented() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// The routes that take a body, and the statuses of their problems.
pub(crate) fn problems() -> Vec<(&'static str, BTreeSet<String>)> {
    let posts = documented().filter(|(_, method, _)| *method == "post");
    let problems = |operation: &Value| {
        let statuses = operation["responses"].as_object().unwrap().keys();
        statuses.filter(|status| !status.starts_with('2')).cloned().collect()
    };
    posts.map(|(path, _, operation)| (path, problems(operation))).collect()
}

#[tokio::test]
async fn every_route_of_the_document_is_served_and_has_no_other_method() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for (path, method, _) in documented() {
        for other in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = client.send(other.clone(), path, "", "").await;
            assert_ne!(answer.status, StatusCode::NOT_FOUND, "{other} {path}");
            let served = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(served, other.as_str().eq_ignore_ascii_case(method), "{other} {path}");
            if !served {
                assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()));
                let allowed = answer.header(header::ALLOW).split(',').next().unwrap();
                assert!(allowed.eq_ignore_ascii_case(method), "{path}: {allowed}");
            }
        }
    }
}

/// The statuses of a table row in `docs/http.md` that names problems for routes.
#[test]
fn the_document_and_the_page_name_the_same_routes_and_statuses() {
    let page = include_str!("../../../../docs/http.md");
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| `POST /v1") || line.starts_with("| `GET /v1"));
    let of_page: BTreeSet<(String, String)> = rows
        .map(|row| {
            let (method, path) = row.split('`').nth(1).unwrap().split_once(' ').unwrap();
            let success = row.split('|').nth(3).unwrap().trim()[..3].to_owned();
            assert!(["200", "202"].contains(&success.as_str()), "{row}");
            (path.to_owned(), format!("{} {success}", method.to_lowercase()))
        })
        .collect();
    let success = |operation: &Value| {
        let statuses = operation["responses"].as_object().unwrap().keys();
        statuses.filter(|status| status.starts_with('2')).cloned().collect::<Vec<_>>().join(" ")
    };
    let of_document: BTreeSet<(String, String)> = documented()
        .map(|(path, method, operation)| {
            (path.to_owned(), format!("{method} {}", success(operation)))
        })
        .collect();
    assert_eq!(of_page, of_document);
}

#[test]
fn the_problems_of_each_route_are_those_of_the_page() {
    let page = include_str!("../../../../docs/http.md");
    let (_, problems) = page.split_once("| route | problems besides").unwrap();
    let status = |name: &str| {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` | ")));
        row.and_then(|row| row.split('|').nth(2)).expect(name).trim().to_owned()
    };
    let common = [
        "malformed",
        "cross_site",
        "too_slow",
        "too_large",
        "unsupported_media_type",
        "unavailable",
    ]
    .map(status);
    let mut routes = 0;
    for row in problems.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').collect();
        let named = |cell: &str| {
            let words = cell.split('`').skip(1).step_by(2);
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let own = named(cells[2]).iter().map(|name| status(name)).collect::<Vec<_>>();
        let of_page: BTreeSet<String> = common.iter().cloned().chain(own).collect();
        for path in named(cells[1]) {
            routes += 1;
            let responses = DOCUMENT["paths"][&path]["post"]["responses"].as_object().unwrap();
            let of_document: BTreeSet<String> =
                responses.keys().filter(|status| !status.starts_with('2')).cloned().collect();
            assert_eq!(of_document, of_page, "{path}");
        }
    }
    assert_eq!(routes, documented().filter(|(_, method, _)| *method == "post").count());
}
