//! Clients in other languages: the samples of the documents where they are there, or programs of ours that make the
//! same calls.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::client::urlencoded;
use crate::documents::{between, document, substituted};
use crate::running::{Service, of_account, of_system};

const DONE: &str = "{\"status_code\":200,\"errors\":{},\"data\":{}}";
const SENT: &str = "{\"message\":\"Reset password email sent successfully\"}";

/// What runs a sample, with what it needs beside the interpreter.
#[derive(Clone, Copy, Debug)]
enum Language {
    Php,
    Node,
    Python,
    Shell,
}

impl Language {
    const fn interpreter(self) -> &'static [&'static str] {
        match self {
            Self::Php => &["php"],
            Self::Node => &["node"],
            Self::Python => &["python3"],
            Self::Shell => &["bash", "-s"],
        }
    }

    /// A program that ends well where everything is there.
    const fn probe(self) -> &'static str {
        match self {
            Self::Php => "<?php exit(function_exists('curl_init') ? 0 : 1);",
            Self::Node => "require('request'); require('axios');",
            Self::Python => "import http.client",
            Self::Shell => "curl --version",
        }
    }

    /// Whether it is there. Where the variable `REPASS_SAMPLES` is `required`, it has to be.
    fn is_there(self) -> bool {
        let there = self.output(self.probe(), &[]).is_ok();
        if !there {
            let required = std::env::var("REPASS_SAMPLES").is_ok_and(|value| value == "required");
            assert!(!required, "{self:?} is not installed: see `samples` in .ci/install");
            println!("not run, since {self:?} or a library of it is not installed");
        }
        there
    }

    /// What a program prints.
    fn output(self, program: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let [interpreter, arguments @ ..] = self.interpreter() else { panic!("no interpreter") };
        let child = Command::new(interpreter)
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| error.to_string())?;
        child.stdin.take().unwrap().write_all(program.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        if output.status.success() {
            Ok(printed.trim_end_matches('\n').to_owned())
        } else {
            Err(format!("{printed}\n{}", String::from_utf8_lossy(&output.stderr)))
        }
    }

    fn run(self, program: &str, variables: &[(&str, &str)]) -> String {
        self.output(program, variables)
            .unwrap_or_else(|error| panic!("{self:?}: {error}\n{program}"))
    }
}

fn origin(service: &Service) -> String {
    format!("http://{}", service.address)
}

#[test]
fn system_000_in_php() {
    if !Language::Php.is_there() {
        return;
    }
    let service = Service::start();
    let origin = origin(&service);
    let (user, password) = (of_system("000", "userid"), of_system("000", "password"));
    // The password of the sample fails the policy of its own document.
    let new = "kettle-orbit-42";
    let printed = match document("000") {
        Some(document) => {
            // With a space that does not break at its end.
            let sample = between(&document, "<?php", "Sample Response Code").trim();
            let encoded = urlencoded(&[("p", &password)]);
            let program = substituted(
                sample,
                &[
                    ("https://unify.smsgateway.center", &origin),
                    ("YourUsername", &user),
                    ("YourPassword", encoded.strip_prefix("p=").unwrap()),
                    ("YourUserLoginname", "ada"),
                    ("=newpass&", &format!("={new}&")),
                ],
            );
            Language::Php.run(&program, &[])
        }
        None => {
            let variables = [
                ("ORIGIN", origin.as_str()),
                ("USER_ID", &user),
                ("PASSWORD", &password),
                ("LOGIN", "ada"),
                ("NEW", new),
            ];
            Language::Php.run(include_str!("../samples/000.php"), &variables)
        }
    };
    let success = "{\"response\":{\"api\":\"user\",\"action\":\"resetuserpassword\",\
                   \"status\":\"success\",\"msg\":\"Password changed successfully.\",\"code\":\"200\"}}";
    assert_eq!(printed, success);
    assert!(service.signs_in("ada", new));
}

/// One of the three calls of system 001.
#[derive(Clone, Copy, Debug)]
enum Call {
    Change,
    Forgot,
    Submit,
}

impl Call {
    const fn path(self) -> &'static str {
        match self {
            Self::Change => "profile/change-password/",
            Self::Forgot => "forgot-password/",
            Self::Submit => "forgot-password-submit/",
        }
    }

    /// The sample of the document, with these values.
    fn of_document(
        self,
        language: Language,
        document: &str,
        origin: &str,
        fields: &Value,
    ) -> String {
        let section = match self {
            Self::Change => "This API endpoint is for changing",
            Self::Forgot => "This API endpoint is to reset the user password.",
            Self::Submit => "This endpoint is to reset the user password.",
        };
        let section = between(document, section, "Error Responses");
        let sample = match language {
            Language::Php => {
                section.split_once("<?php").map(|(_, program)| format!("<?php{program}"))
            }
            _ => section.split_once("Node\n").and_then(|(_, rest)| {
                rest.split_once("PHP\n").map(|(program, _)| program.to_owned())
            }),
        };
        let mut sample = sample.expect("a sample");
        // A typing error of the document.
        if sample.trim_start().starts_with("ar request") {
            sample = sample.replacen("ar request", "var request", 1);
        }
        let value = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
        let base =
            format!("{origin}/{}/{}", of_system("001", "prefix"), of_system("001", "version"));
        let key = of_system("001", "api_key");
        sample = substituted(
            &sample,
            &[("https://<domain>/<api prefix>/<version>", &base), ("<apikey>", &key)],
        );
        for (placeholder, value) in [
            ("<access-token>", of_account("grace", "bearer")),
            ("<old_password>", value("old_password")),
            ("<new_password>", value("new_password")),
            ("<confirm_password>", value("confirm_password")),
            ("<email or username>", value("email")),
            ("<token_from_link>", value("token")),
            ("<token>", value("token")),
            ("<user_key_from_link>", value("user")),
        ] {
            sample = sample.replace(placeholder, &value);
        }
        sample
    }

    fn run(self, language: Language, service: &Service, fields: &Value) -> String {
        let origin = origin(service);
        if let Some(document) = document("001") {
            return language.run(&self.of_document(language, &document, &origin, fields), &[]);
        }
        let program = match language {
            Language::Php => include_str!("../samples/001.php"),
            _ => include_str!("../samples/001.js"),
        };
        let (key, bearer) = (of_system("001", "api_key"), of_account("grace", "bearer"));
        let (prefix, version) = (of_system("001", "prefix"), of_system("001", "version"));
        let target = format!("/{prefix}/{version}/user/{}", self.path());
        let fields = fields.to_string();
        let bearer = if matches!(self, Self::Change) { bearer.as_str() } else { "" };
        let variables = [
            ("ORIGIN", origin.as_str()),
            ("TARGET", &target),
            ("API_KEY", &key),
            ("BEARER", bearer),
            ("FIELDS", &fields),
        ];
        language.run(program, &variables)
    }
}

fn system_001(language: Language) {
    if !language.is_there() {
        return;
    }
    let service = Service::start();
    let forgot = json!({"email": "ada@example.org"});
    assert_eq!(Call::Forgot.run(language, &service, &forgot), DONE);
    let message = service.messages("ada@example.org", 1).pop().unwrap();
    let new = "Kettle & Orbit + 42 % \u{e9}";
    let submit = json!({
        "user": Service::parameter(&message, "/reset?", "user"),
        "token": Service::parameter(&message, "/reset?", "token"),
        "new_password": new,
    });
    assert_eq!(Call::Submit.run(language, &service, &submit), DONE);
    assert!(service.signs_in("ada", new));
    let change = json!({
        "old_password": of_account("grace", "password"),
        "new_password": new,
        "confirm_password": new,
    });
    assert_eq!(Call::Change.run(language, &service, &change), DONE);
    assert!(service.signs_in("grace", new));
}

#[test]
fn system_001_in_php() {
    system_001(Language::Php);
}

#[test]
fn system_001_in_node() {
    system_001(Language::Node);
}

fn system_004(language: Language, ours: &str, from: &str, to: &str) {
    if !language.is_there() {
        return;
    }
    let service = Service::start();
    let (origin, bearer) = (origin(&service), of_account("ada", "jwt"));
    let email = "ada@example.org";
    let printed = match document("004") {
        Some(document) => {
            let sample = between(&document, from, to);
            let token = between(sample, "eyJ", "'");
            let (scheme, put) = match language {
                Language::Python => (
                    "HTTPSConnection(\"api.betatel.com\")",
                    format!("HTTPConnection(\"{}\")", service.address),
                ),
                _ => ("https://api.betatel.com", origin),
            };
            let replacements =
                [(scheme, put.as_str()), (token, &bearer), ("povid681@nokdot.com", email)];
            language.run(&substituted(sample, &replacements), &[])
        }
        None => {
            let variables = [("ORIGIN", origin.as_str()), ("BEARER", &bearer), ("EMAIL", email)];
            language.run(ours, &variables)
        }
    };
    assert_eq!(printed, SENT);
    assert_eq!(service.messages(email, 1).len(), 1);
}

#[test]
fn system_004_with_curl() {
    let ours = include_str!("../samples/004.sh");
    system_004(Language::Shell, ours, "curl --location", "import http.client");
}

#[test]
fn system_004_in_python() {
    let ours = include_str!("../samples/004.py");
    system_004(Language::Python, ours, "import http.client", "const axios");
}

#[test]
fn system_004_in_node() {
    system_004(Language::Node, include_str!("../samples/004.js"), "const axios", "<?php");
}

#[test]
fn system_004_in_php() {
    system_004(Language::Php, include_str!("../samples/004.php"), "<?php", "Unirest");
}

/// The document shows the request alone; curl sends it as it is, but for host and values. Brackets mean nothing to
/// curl then.
#[test]
fn system_003_with_curl() {
    if !Language::Shell.is_there() {
        return;
    }
    let service = Service::start();
    let (origin, device) = (origin(&service), of_system("003", "device_id"));
    let (email, phone) = ("ada@example.org", of_account("ada", "phone"));
    let (word, new) = ("helloworld", "kettle-orbit-42");
    let curl = "curl --silent --globoff \"$URL\"";
    let asked = format!(
        "{origin}/MapIHttpS/MapIS?action=FORGOTPASSWD&login_name_toreset={email}&check_channel=email&\
         email_content=[%resetpasswd_checkcode%]&device_id={device}"
    );
    let success =
        "<result tftype='1' infotype='0'>\n    <field name='msg'>SUCCESS</field>\n</result>";
    assert_eq!(Language::Shell.run(curl, &[("URL", &asked)]), success);
    let message = service.messages(email, 1).pop().unwrap();
    let code = message["text"].as_str().unwrap().trim_end().to_owned();
    let ours = "http://app02.yvntech.com/MapIHttpS/MapIS?action=RESETPASSWD_BYCODE&\
                login_name_toreset=name@example.com&new_passwd=helloworld&\
                new_passwd_repeat=helloworld&resetpasswd_checkcode=\
                4e945486417a27d687d668c4e587551c323031332D30392D30392030363A33333A3237&\
                check_channel=sms&sms_content=YourPasswordHasBeenReset&from_mobile=YVN&\
                device_id=mytestid";
    let sample = document("003");
    let sample = sample.as_deref().map_or(ours, |text| between(text, "http://app02", "\n").trim());
    let url = substituted(
        sample,
        &[
            ("http://app02.yvntech.com", &origin),
            ("name@example.com", email),
            (word, new),
            ("4e945486417a27d687d668c4e587551c323031332D30392D30392030363A33333A3237", &code),
            ("mytestid", &device),
        ],
    );
    assert_eq!(Language::Shell.run(curl, &[("URL", &url)]), success);
    if let Some(document) = document("003") {
        // To the byte, but for the spaces of the page that it was taken from.
        let shown = between(&document, "<result", "TIPS").replace('\u{a0}', " ");
        assert_eq!(shown.trim(), success);
    }
    assert!(service.signs_in("ada", new));
    let notice = |message: &Value| message["text"].as_str() == Some("YourPasswordHasBeenReset");
    // That of the service, and that of the caller.
    assert!(service.messages(&phone, 2).iter().any(notice));
}

/// The document shows bodies and no program.
#[test]
fn system_002_with_curl() {
    if !Language::Shell.is_there() {
        return;
    }
    let curl = "curl --silent \"$ORIGIN/api/Authentication/SecureForgotPassword?\" \
                --header \"Authorization: $KEY\" --header 'Content-Type: application/json' \
                --data-raw \"$BODY\"";
    let (email, phone) = ("ada@example.org", of_account("ada", "phone"));
    let by_email = r#"{ "EmailAddress": "johnwick@example.com" }"#;
    let by_phone = r#"{ "SearchKeyData":{ "SchemaName":"Phone", "Value":"+14-157415569" } }"#;
    let to_phone = r#"{ "SearchKeyData":{ "SchemaName":"Phone", "Value":"+14-157415569" }, "RecipientField":{ "SchemaName":"Phone" } }"#;
    if let Some(document) = document("002") {
        assert!([by_email, by_phone, to_phone].iter().all(|body| document.contains(body)));
    }
    for (body, recipient) in [(by_email, email), (by_phone, email), (to_phone, &*phone)] {
        let service = Service::start();
        let (origin, key) = (origin(&service), of_system("002", "authorization"));
        let body = body.replace("johnwick@example.com", email);
        let variables = [("ORIGIN", &*origin), ("KEY", &*key), ("BODY", &*body)];
        let printed: Value = serde_json::from_str(&Language::Shell.run(curl, &variables)).unwrap();
        let sent = json!({"Status": "Success", "Message": "Reset link sent successfully"});
        assert_eq!(printed, sent);
        assert_eq!(service.messages(recipient, 1).len(), 1);
    }
}
