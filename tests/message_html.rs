//! HTML in messages: what is taken, what is refused, and that no value gets out of its place. Where
//! that is, is judged by a tokenizer that shares no code with the crate.

#[path = "support/html.rs"]
mod html;

use core::time::Duration;

use proptest::prelude::*;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::message::{
    Link, LinkForm, MessagePart, MessageText, Placeholder, ResetLink, Template, TemplateError,
    Value,
};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::Signer;

use html::{Token, tokens};

const PLACEHOLDERS: [Placeholder<'static>; 4] = [
    Placeholder::Text("a"),
    Placeholder::Text("b"),
    Placeholder::Optional("o"),
    Placeholder::Link("link"),
];

fn template(html: &str) -> Result<Template, TemplateError> {
    Template::custom(MessageText::new("", "{link}\n").with_html(html), &PLACEHOLDERS)
}

/// The HTML with a link behind it.
fn with_link(html: &str) -> String {
    format!("{html}\n<a href=\"{{link}}\">x</a>\n")
}

fn rendered(template: &Template, values: [&str; 3]) -> String {
    let [a, b, o] = values;
    let link = link();
    let values = [
        ("a", Value::Text(a)),
        ("b", Value::Text(b)),
        ("o", Value::Text(o)),
        ("link", Value::Link(&link)),
    ];
    template.render(&values).unwrap().expose_html().unwrap().to_owned()
}

fn link() -> Link {
    let key = Key::from_bytes(&(0..32).collect::<Vec<_>>()).unwrap();
    let ring = Keyring::new(KeyId::new(1), key);
    let links = Signer::links(ring, Scope::new(Purpose::INVITATION), Duration::from_secs(1800));
    let expires_at = UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    let token = links.sign(AttemptId::from_bytes([7; 20]), expires_at).unwrap();
    let page = ResetLink::new("https://example.org/?a=1&amp;b", LinkForm::Query);
    page.unwrap().link(&token)
}

#[test]
fn html_that_is_taken() {
    for html in [
        "",
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>{a}</title></head><body>{b}</body></html>",
        "<!doctype html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">",
        "<!-- a comment with { braces } and <tags> -->",
        "<!--[if mso]><table><tr><td><![endif]-->",
        "<!--[if !mso]><!--><p>x</p><!--<![endif]-->",
        "<style>\np {{ color: red }}\n@media (x) {\n  p { color: blue; }\n}\n</style>",
        "<STYLE type='text/css'>p{margin:0}</Style >",
        "<script type=\"application/ld+json\">{\"@context\": \"https://schema.org\"}</script>",
        "<br><br/><br /><hr>\n<img src=\"https://example.org/x.png\" alt=\"{a}\"/>",
        "<p class=x data-y='z' hidden>a &amp; b &nbsp; c</p>",
        "<td width=100% bgcolor=#ffffff>x</td>",
        "<p title=\"{a} and {b}\" aria-label=\"{a}\">{a}</p>",
        "<A HREF=\"{link}\" TITLE=\"{a}\">x</A>",
        "<map><area href=\"{link}\"></map>",
        "<a href = \"{link}\"\n>x</a>",
        "<a href=\"https://example.org/?a=1&amp;b\">x</a>",
        "{{a}} }} <p style=\"x{{}}\">",
        "a > b",
        "<o:p></o:p><my-element>x</my-element>",
        "<p>\n\n<b>{o}</b>\n\n</p>",
        "<p>{o}<br></p>\n\n",
    ] {
        assert_eq!(template(&with_link(html)).err(), None, "{html}");
    }
}

#[test]
fn html_that_is_refused() {
    let problem = |line, problem| TemplateError::Html { line, problem };
    let misplaced = |line, name: &str| TemplateError::Misplaced { name: name.into(), line };
    let unbalanced = || TemplateError::Unbalanced { part: MessagePart::Html };
    let unknown = |name: &str| TemplateError::UnknownPlaceholder {
        part: MessagePart::Html,
        name: name.into(),
    };
    let (no_tag, tag) =
        ("write &lt; for < where no tag begins", "a tag is not written as it must be");
    let (value, quotes) = ("a value is not closed", "write the value in double quotes");
    let comment = "programs do not agree where the comment ends";
    let element = "a message cannot have this element";
    let nested = "what blank lines separate can be left out, and must close what it opens";
    for (html, error) in [
        // Where a placeholder is no text.
        ("<{a}>", problem(1, no_tag)),
        ("</{a}>", problem(1, no_tag)),
        ("<p{a}>", problem(1, no_tag)),
        ("<p {a}>", problem(1, tag)),
        ("<p a{a}=\"x\">", problem(1, tag)),
        ("<p title={a}>", problem(1, quotes)),
        ("<p title='{a}'>", problem(1, quotes)),
        ("<p title=x{a}>", problem(1, quotes)),
        ("</p {a}>", problem(1, "an end tag has only a name")),
        ("<!-- {a} -->", misplaced(1, "a")),
        ("<!doctype {a}>", misplaced(1, "a")),
        ("\n<style>p { color: {a} }</style>", misplaced(2, "a")),
        ("\n\n<script>var x = \"{a}\";</script>", misplaced(3, "a")),
        ("<p onclick=\"{a}\">", misplaced(1, "a")),
        ("<p ONLOAD=\"x({a})\">", misplaced(1, "a")),
        ("<p style=\"color: {a}\">", misplaced(1, "a")),
        ("<p class=\"{a}\">", misplaced(1, "a")),
        ("<p id=\"{a}\">", misplaced(1, "a")),
        ("<img src=\"{a}\">", misplaced(1, "a")),
        ("<img src=\"{link}\">", misplaced(1, "link")),
        ("<img srcset=\"{link}\">", misplaced(1, "link")),
        ("<form action=\"{link}\">", misplaced(1, "link")),
        ("<base href=\"{link}\">", misplaced(1, "link")),
        ("<link href=\"{link}\">", misplaced(1, "link")),
        ("<meta http-equiv=\"refresh\" content=\"0;{link}\">", misplaced(1, "link")),
        ("<td background=\"{link}\">", misplaced(1, "link")),
        ("<a href=\"{a}\">", misplaced(1, "a")),
        ("<a href=\"{link}&amp;x\">", misplaced(1, "link")),
        ("<a href=\"javascript:{link}\">", misplaced(1, "link")),
        ("<a href=\" {link}\">", misplaced(1, "link")),
        ("<a href=\"{link}{link}\">", misplaced(1, "link")),
        ("<a title=\"{link}\">", misplaced(1, "link")),
        // Where it is not clear what a program reads.
        ("a < b", problem(1, no_tag)),
        ("<>", problem(1, no_tag)),
        ("<3", problem(1, no_tag)),
        ("<?php {a} ?>", problem(1, no_tag)),
        ("<![CDATA[ {a} ]]>", problem(1, no_tag)),
        ("<!ELEMENT>", problem(1, no_tag)),
        ("</>", problem(1, no_tag)),
        ("<p\u{c}title=\"{a}\">", TemplateError::Control { part: MessagePart::Html }),
        ("\0", TemplateError::Control { part: MessagePart::Html }),
        ("<p title=\"a\"class=\"b\">", problem(1, tag)),
        ("<p / title=\"a\">", problem(1, tag)),
        ("<p =\"a\">", problem(1, tag)),
        ("<p \"a\">", problem(1, tag)),
        ("<p title=>", problem(1, value)),
        ("<p title=a\"b>", problem(1, quotes)),
        ("<p title=`{a}`>", problem(1, quotes)),
        ("<p title=a=b>", problem(1, quotes)),
        ("<!-->", problem(1, comment)),
        ("<!--->", problem(1, comment)),
        ("<!-- a --!> {a} -->", problem(1, comment)),
        ("<!-- <!-- -->", problem(1, comment)),
        ("<script><!-- <script> --></script>", problem(1, "there can be no comment here")),
        ("<title><b>{a}</b></title>", problem(1, "write &lt; for < in a title")),
        ("<textarea>{a}</textarea>", problem(1, element)),
        ("<xmp>{a}</xmp>", problem(1, element)),
        ("<noscript>{a}</noscript>", problem(1, element)),
        ("<svg><title>{a}</title></svg>", problem(1, element)),
        ("<MATH>", problem(1, element)),
        ("<plaintext>{a}", problem(1, element)),
        // Placeholders.
        ("{c}", unknown("c")),
        ("<p title=\"{c}\">", unknown("c")),
        ("{a", unbalanced()),
        ("<p title=\"{a\">", unbalanced()),
        ("<p title=\"a}\">", unbalanced()),
        // What is left out takes no half of an element with it.
        ("<p>{o}\n\n</p>", problem(1, nested)),
        ("<p>\n\n{o}</p>\n\n", problem(3, nested)),
        ("<p><b>{o}</p></b>\n\n", problem(1, nested)),
        ("<p title=\"{o}\">\n\n</p>", problem(1, nested)),
    ] {
        assert_eq!(template(&with_link(html)).err(), Some(error), "{html:?}");
    }
    // What never ends.
    for (html, error) in [
        ("{link}<!-- ", problem(1, "a comment is not closed")),
        ("{link}<!doctype", problem(1, "a tag is not closed")),
        ("{link}\n<p", problem(2, no_tag)),
        ("{link}\n<p ", problem(2, tag)),
        ("{link}\n<p title", problem(2, tag)),
        ("{link}\n<p title=\"", problem(2, value)),
        ("{link}\n<p title='", problem(2, value)),
        ("{link}\n<p title=a", problem(2, value)),
        ("{link}\n</p", problem(2, no_tag)),
        ("{link}\n</p ", problem(2, "an end tag has only a name")),
        ("{link}\n<style>", problem(2, "an element is not closed")),
        ("{link}\n<title>", problem(2, "an element is not closed")),
        ("{link}\n<script></scripts>", problem(2, "an element is not closed")),
    ] {
        assert_eq!(template(html).err(), Some(error), "{html:?}");
    }
    let missing = TemplateError::SecretMissing { part: MessagePart::Html, name: "link".into() };
    for html in ["", "{{link}}", "<p>link</p>", "a\n\n{o}<a href=\"{link}\">x</a>\n\nb"] {
        assert_eq!(template(html).err(), Some(missing.clone()), "{html:?}");
    }
}

#[test]
fn values_are_escaped_where_they_are() {
    let html = "<p title=\"{a}\">{a}</p><title>{b}</title>\n<a href=\"{link}\">{link}</a>";
    let html = rendered(&template(html).unwrap(), ["\"><script>'&amp;", "</title>", ""]);
    let escaped = "&#34;&gt;&lt;script&gt;'&amp;amp;";
    let link = link();
    let link = link.expose_secret().replace('&', "&amp;");
    let expected = format!(
        "<p title=\"{escaped}\">{escaped}</p><title>&lt;/title&gt;</title>\n<a href=\"{link}\">{link}</a>"
    );
    assert_eq!(html, expected);
}

/// Pieces that make and break HTML.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<br>",
        "<img alt=\"",
        "<a href=\"{link}\">",
        "</a>",
        "{a}",
        "{b}",
        "{o}",
        "{link}",
        "\"",
        "'",
        "<",
        ">",
        "/",
        "=",
        " ",
        "\n\n",
        "\n",
        "<!--",
        "-->",
        "--!>",
        "-",
        "!",
        "<!",
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        " title=\"",
        " alt='",
        " aria-x=\"{a}\"",
        " href=\"",
        " onclick=",
        "&amp;",
        "&",
        "{{",
        "}}",
        "a",
        "b",
        "<svg>",
        "</svg>",
        "<textarea>",
        "</textarea>",
        "<noscript>",
        "</noscript>",
        "<!doctype ",
        "<table><tr><td>",
        "</td></tr></table>",
        "]]>",
        "<![CDATA[",
        "<?",
        "`",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Values that would like to be HTML. None begins or ends with white space.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "&quot;",
        "--",
        "-->",
        "<!--",
        "</title>",
        "</style>",
        "<script>",
        " onclick=x",
        "=",
        "/",
        "`",
        "{a}",
        "{{",
        "}",
        "javascript:",
        "\u{e9}",
        "a",
        "]]>",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| format!("x{}x", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn no_value_gets_out_of_its_place(html in fragments(), a in hostile(), b in hostile(), o in hostile()) {
        let html = with_link(&html);
        let Ok(template) = template(&html) else { return Ok(()) };
        check(&template, [&a, &b, &o])?;
    }
}

/// The tokens are those of the same template with harmless values, but for these.
fn check(template: &Template, values: [&str; 3]) -> Result<(), TestCaseError> {
    let harmless = ["Qaq", "Qbq", "Qoq"];
    let change = |text: String| {
        // All at once: a value may look like a harmless one.
        let mut changed = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find('Q') {
            changed.push_str(&rest[..at]);
            let number = harmless.iter().position(|name| rest[at..].starts_with(name));
            changed.push_str(number.map_or("Q", |number| values[number]));
            rest = &rest[at + number.map_or(1, |_| 3)..];
        }
        changed + rest
    };
    let expected: Vec<Token> =
        tokens(&rendered(template, harmless)).into_iter().map(|token| token.map(change)).collect();
    prop_assert_eq!(tokens(&rendered(template, values)), expected);
    Ok(())
}

/// The property above is not empty: templates of such pieces are taken often enough.
#[test]
fn many_templates_are_judged() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut taken, mut with_values) = (0, 0);
    for _ in 0..4096 {
        let html = with_link(&fragments().new_tree(&mut runner).unwrap().current());
        if template(&html).is_ok() {
            taken += 1;
            with_values +=
                usize::from(["{a}", "{b}", "{o}"].iter().any(|name| html.contains(name)));
        }
    }
    assert!(taken > 400 && with_values > 40, "{taken} {with_values}");
}
