//! Forgot by e-mail or by any declared unique field, sent to another declared field, with the lead id and the
//! temporary password of the link.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Contact, Email, FieldKind, FieldName, Fields, Lookup, Phone};
use repass::answer::Answer;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Limits, Proof, Sms};
use repass::secret::Password;
use repass::throttle::Source;
use serde_json::{Value, json};

use crate::document::says;
use crate::recovering::{Shared, messages, over, seed, work};
use crate::set_password::{NotSet, set};
use crate::world::{Dice, ada, at};

type Answered = (u16, Value);

fn fields() -> Fields {
    let email = |name| (name, FieldKind::Email);
    let fields = [("Phone", FieldKind::Phone), email("EmailAddress"), email("AlternateEmail")];
    Fields::new(fields).unwrap()
}

fn bad() -> Answered {
    let text = "The message body on the request is not as per API specification.";
    failed(400, says("002", text))
}

fn failed(status: u16, text: &str) -> Answered {
    let body = json!({
        "Status": "Error",
        "ExceptionType": "MXMandatoryAttributeMissingException",
        "ExceptionMessage": text,
    });
    (status, body)
}

fn throttled(answer: Answer) -> Answered {
    match answer {
        Answer::Throttled { .. } => {
            failed(429, says("002", "API calls exceeded the limit of 25 in 5 second(s)"))
        }
        other => failed(other.http_status(), "The API called failed."),
    }
}

/// What a body asks for, and where to.
fn asked(body: &Value) -> Option<(Lookup, Delivery)> {
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    let (email, key) = (text(body, "EmailAddress"), &body["SearchKeyData"]);
    let lookup = match (email, key.is_object()) {
        (Some(email), false) => Lookup::email(&email).ok()?,
        (None, true) => fields().lookup(&text(key, "SchemaName")?, &text(key, "Value")?).ok()?,
        _ => return None,
    };
    let recipient = &body["RecipientField"];
    let name = match (recipient.is_object(), key.is_object()) {
        (false, _) => "EmailAddress".to_owned(),
        (true, is_by_key) => text(recipient, "SchemaName").filter(|_| is_by_key)?,
    };
    Some((lookup, Delivery::LINK.to(fields().recipient(&name).ok()?)))
}

/// `caller` is the name of the system whose key was sent, which is public.
fn forgot(service: &Recovery<Shared>, caller: &str, body: &Value, number: u64) -> Answered {
    let Some((lookup, delivery)) = asked(body) else { return bad() };
    let source = Some(Source::caller(caller).expect("a name of the configuration"));
    let asked = service.request(lookup, delivery, source, seed(&mut Dice(number)), at(0));
    match block_on(asked) {
        Ok(_) => (200, json!({"Status": "Success", "Message": "Reset link sent successfully"})),
        Err(error) => throttled(error.answer()),
    }
}

/// The same for a system that delivers the link itself.
fn forgot_for(service: &Recovery<Shared>, caller: &str, body: &Value, number: u64) -> Answered {
    let Some((lookup, _)) = asked(body) else { return bad() };
    let Some(trusted) = service.flow().trusted_caller(caller) else { return bad() };
    let asked = service.request_for_caller(&trusted, lookup, seed(&mut Dice(number)), at(0));
    match block_on(asked) {
        Ok(entrusted) => (
            200,
            json!({
                "LeadId": entrusted.handle().expose_secret(),
                "TemporaryPassword": entrusted.expose_secret(),
            }),
        ),
        Err(error) => throttled(error.answer()),
    }
}

fn reset(service: &Recovery<Shared>, body: &Value) -> Answered {
    let text = |name: &str| body[name].as_str();
    let (Some(new), Some(handle), Some(token)) =
        (text("Password"), text("LeadId"), text("TemporaryPassword"))
    else {
        return bad();
    };
    let Ok(new) = Password::new(new) else { return bad() };
    let refused = || failed(400, "The link is not valid any more.");
    let proof = Proof::HandledLink { handle, token };
    let Ok(admitted) = block_on(service.admit(proof, None, at(9))) else { return refused() };
    let policy = Policy::builder().min_length(8).build().unwrap();
    match set(service, &admitted, (&new, &policy), at(9)) {
        Ok(_) => {
            (200, json!({"IsSuccessful": true, "ResponseText": "Password changed successfully"}))
        }
        Err(NotSet::Policy(violations)) => failed(400, &violations.to_string()),
        Err(NotSet::Other(_)) => refused(),
    }
}

fn service() -> Recovery<Shared> {
    let page = ResetLink::new("https://example.org/r", LinkForm::Query).unwrap();
    let page = page.with_token_name("TemporaryPassword").unwrap();
    let page = page.with_handle_name("LeadId").unwrap();
    let flow = Flow::builder(crate::keyring(), page)
        .limits(Limits::default().requests_of_caller(25, Duration::from_secs(5)))
        .sms(Sms::to(["+1"]).links())
        .trusted_caller("portal")
        .build()
        .unwrap();
    let mut dice = Dice(220);
    over(flow, lead(ada(&mut dice)))
}

fn lead(ada: Account) -> Account {
    let phone = Phone::verified(Contact::phone("+14-157415569").unwrap());
    let email = Email::verified(Contact::email("ada@example.org").unwrap());
    Account::new(ada.id().clone())
        .with_password(ada.password().unwrap().clone())
        .with_email(email.in_field(FieldName::new("EmailAddress").unwrap()))
        .with_phone(phone.in_field(FieldName::new("Phone").unwrap()))
}

/// Lead id and temporary password of the one message, and how it came.
fn received(service: &Recovery<Shared>) -> (String, String, String) {
    work(service, &mut Dice(221), at(1));
    let [message] = &messages(service)[..] else { panic!("not one message") };
    let text = message.expose_secret().to_owned();
    let parameter = |name: &str| {
        let (_, rest) = text.split_once(name).unwrap();
        rest.split(['&', '\n']).next().unwrap().to_owned()
    };
    (parameter("LeadId="), parameter("TemporaryPassword="), message.channel().name().to_owned())
}

#[test]
fn a_person_is_found_by_address_or_field_and_gets_the_link_where_it_was_asked_for() {
    let by_key =
        says("002", r#"{ "SearchKeyData":{ "SchemaName":"Phone", "Value":"+14-157415569" } }"#);
    let to_phone = says(
        "002",
        r#"{ "SearchKeyData":{ "SchemaName":"Phone", "Value":"+14-157415569" }, "RecipientField":{ "SchemaName":"Phone" } }"#,
    );
    says("002", r#"{ "EmailAddress": "johnwick@example.com" }"#);
    let to_alternate = r#"{"SearchKeyData": {"SchemaName": "Phone", "Value": "+1 4157415569"},
                       "RecipientField": {"SchemaName": "AlternateEmail"}}"#;
    let sent = says("002", r#"{ "Status":"Success", "Message":"Reset link sent successfully" }"#);
    let sent: Value = serde_json::from_str(sent).unwrap();
    for (body, channel) in
        [(r#"{"EmailAddress": "ada@example.org"}"#, "email"), (by_key, "email"), (to_phone, "sms")]
    {
        let service = service();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(forgot(&service, "public", &body, 1), (200, sent.clone()));
        let (lead, temporary, came) = received(&service);
        assert_eq!(came, channel, "{body}");
        let with = |lead: &str, temporary: &str| {
            let new = "kettle-orbit";
            let body = json!({"Password": new, "LeadId": lead, "TemporaryPassword": temporary});
            reset(&service, &body).0
        };
        assert_eq!(with(&temporary, &temporary), 400);
        assert_eq!(with(&lead, &lead), 400);
        assert_eq!(with(&lead, &temporary), 200);
        assert_eq!(with(&lead, &temporary), 400);
    }
    // A field in which the account has nothing is asked for in vain, and nobody can tell.
    let service = service();
    let body: Value = serde_json::from_str(to_alternate).unwrap();
    assert_eq!(forgot(&service, "public", &body, 1), (200, sent));
    work(&service, &mut Dice(2), at(1));
    assert!(messages(&service).is_empty());
}

#[test]
fn nobody_gets_the_same_answer_and_what_is_ambiguous_none() {
    let service = service();
    let ask = |body: Value| forgot(&service, "public", &body, 1);
    let known = ask(json!({"EmailAddress": "ada@example.org"}));
    assert_eq!(ask(json!({"EmailAddress": "nobody@example.org"})), known);
    let key = json!({"SchemaName": "Phone", "Value": "+14157415569"});
    for body in [
        json!({}),
        json!({"EmailAddress": "ada@example.org", "SearchKeyData": key}),
        json!({"EmailAddress": "ada@example.org", "RecipientField": {"SchemaName": "Phone"}}),
        json!({"SearchKeyData": {"SchemaName": "Password", "Value": "x"}}),
        json!({"SearchKeyData": key, "RecipientField": {"SchemaName": "Password"}}),
    ] {
        assert_eq!(ask(body.clone()).0, 400, "{body}");
    }
}

#[test]
fn only_a_trusted_caller_gets_the_secret_in_the_answer() {
    for name in ["LeadId", "TemporaryPassword"] {
        says("002", name);
    }
    let service = service();
    let body = json!({"EmailAddress": "ada@example.org"});
    assert_eq!(forgot_for(&service, "public", &body, 1).0, 400);
    let (status, answer) = forgot_for(&service, "portal", &body, 2);
    assert_eq!(status, 200);
    work(&service, &mut Dice(3), at(1));
    assert!(messages(&service).is_empty());
    let of_nobody = forgot_for(&service, "portal", &json!({"EmailAddress": "no@example.org"}), 4).1;
    let with = |answer: &Value| {
        let mut body = answer.clone();
        body["Password"] = "kettle-orbit".into();
        reset(&service, &body).0
    };
    assert_eq!((with(&of_nobody), with(&answer)), (400, 200));
}

#[test]
fn a_caller_asks_25_times_in_5_seconds() {
    let service = service();
    for number in 0..25 {
        let body = json!({"EmailAddress": format!("n{number}@example.org")});
        assert_eq!(forgot(&service, "public", &body, number).0, 200);
    }
    let (status, answer) =
        forgot(&service, "public", &json!({"EmailAddress": "x@example.org"}), 25);
    assert_eq!(status, 429);
    assert!(answer["ExceptionMessage"].as_str().unwrap().contains("25 in 5 second(s)"));
}
