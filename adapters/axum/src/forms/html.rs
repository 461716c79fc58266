use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Markup. Tags are written here and nowhere else; every text and every value of an attribute is escaped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn raw(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    fn text(mut self, text: &str) -> Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    pub(crate) fn then(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    pub(crate) fn paragraph(self, text: &str) -> Self {
        self.raw("<p>").text(text).raw("</p>\n")
    }

    /// What went wrong, for readers of screens too.
    pub(crate) fn alert(self, lines: &[String]) -> Self {
        let alert = self.raw("<div role=\"alert\">\n");
        lines.iter().fold(alert, |html, line| html.paragraph(line)).raw("</div>\n")
    }

    pub(crate) fn link(self, path: &str, text: &str) -> Self {
        self.raw("<p><a href=\"").text(path).raw("\">").text(text).raw("</a></p>\n")
    }

    pub(crate) fn form(self, action: &str, fields: impl FnOnce(Form) -> Form) -> Self {
        let form = self.raw("<form method=\"post\" action=\"").text(action).raw("\">\n");
        fields(Form(form)).0.raw("</form>\n")
    }

    /// The whole page.
    pub(crate) fn into_page(self, status: StatusCode, title: &str) -> Response {
        let mut response = (status, self.into_text(title)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, MEDIA_TYPE);
        response
    }

    /// The text of the whole page.
    pub(super) fn into_text(self, title: &str) -> String {
        let page = Self::new()
            .raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .raw(
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
            )
            .text(title)
            .raw("</title>\n</head>\n<body>\n<main>\n<h1>")
            .text(title)
            .raw("</h1>\n")
            .then(&self)
            .raw("</main>\n</body>\n</html>\n");
        page.0
    }
}

/// The media type of every page.
pub(super) const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The fields of a form.
#[derive(Debug)]
pub(crate) struct Form(Html);

/// How a field is filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input {
    /// An address or a user name.
    Who,
    /// The user name of the account, which the person does not change: for password managers.
    Username,
    Code,
    PresentPassword,
    NewPassword,
}

impl Input {
    const fn attributes(self) -> &'static str {
        match self {
            Self::Who => {
                "type=\"text\" autocomplete=\"username\" autocapitalize=\"none\" \
                 spellcheck=\"false\" required"
            }
            Self::Username => "type=\"text\" autocomplete=\"username\" readonly",
            Self::Code => {
                "type=\"text\" autocomplete=\"one-time-code\" autocapitalize=\"characters\" \
                 spellcheck=\"false\" required"
            }
            Self::PresentPassword => "type=\"password\" autocomplete=\"current-password\" required",
            Self::NewPassword => "type=\"password\" autocomplete=\"new-password\" required",
        }
    }
}

impl Form {
    pub(crate) fn hidden(self, name: &'static str, value: &str) -> Self {
        let html = self.0.raw("<input type=\"hidden\" name=\"").raw(name);
        Self(html.raw("\" value=\"").text(value).raw("\">\n"))
    }

    pub(crate) fn input(self, name: &'static str, label: &str, input: Input) -> Self {
        self.filled(name, label, input, "")
    }

    pub(crate) fn filled(self, name: &'static str, label: &str, input: Input, value: &str) -> Self {
        let html = self.0.raw("<p><label for=\"").raw(name).raw("\">").text(label);
        let html = html.raw("</label><br>\n<input id=\"").raw(name).raw("\" name=\"").raw(name);
        let html = html.raw("\" value=\"").text(value).raw("\" ").raw(input.attributes());
        Self(html.raw("></p>\n"))
    }

    pub(crate) fn button(self, label: &str) -> Self {
        Self(self.0.raw("<p><button>").text(label).raw("</button></p>\n"))
    }

    /// A button that says which of several was pressed.
    pub(crate) fn choice(self, name: &'static str, value: &'static str, label: &str) -> Self {
        let html = self.0.raw("<p><button name=\"").raw(name).raw("\" value=\"").raw(value);
        Self(html.raw("\">").text(label).raw("</button></p>\n"))
    }
}
