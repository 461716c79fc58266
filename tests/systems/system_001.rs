//! Change, forgot by e-mail or user name, and submit with the user key and the token of the message.

use pollster::block_on;
use repass::account::Lookup;
use repass::answer::Answer;
use repass::language::Plural;
use repass::message::{LinkForm, ResetLink};
use repass::policy::{Catalogue, Policy, Violations};
use repass::recovery::Recovery;
use repass::reset::{
    Admitted, CurrentError, CurrentPasswordError, Delivery, Disclosed, Flow, Proof,
};
use repass::secret::Password;
use serde_json::{Value, json};

use crate::document::says;
use crate::recovering::{Shared, messages, over, seed, work};
use crate::set_password::{self, NotSet};
use crate::world::{Dice, OLD, ada, at, flow, hasher, id};
use crate::{Form, form};

const REQUIRED: &str = "This field is required.";
const DIFFERENT: &str = "The two password fields didn't match.";
const WRONG_OLD: &str = "Your old password was entered incorrectly. Please enter it again.";
const UNKNOWN: &str = "This username or email does not exist in the system.";
const SEVERAL: &str = "There is multiple users are registered with the specified E-Mail address.Please \
                       enter the username";
const INVALID_TOKEN: &str =
    "The token is invalid. Enter the correct token that send to your email.";
const SENTENCES: [(&str, &str); 5] = [
    (
        "password_too_similar",
        "Your password can't be too similar to your other personal information.",
    ),
    ("password_too_short", "Your password must contain at least 8 characters."),
    ("password_too_common", "Your password can't be a commonly used password."),
    ("password_entirely_numeric", "Your password can't be entirely numeric."),
    (
        "password_missing_classes",
        "Your password must contain at least one capital letter, small letter, number and special character.",
    ),
];

fn policy() -> Policy {
    toml::from_str(include_str!("../../examples/policies/system_001.toml")).unwrap()
}

type Answered = (u16, Value);

fn done() -> Answered {
    (200, json!({"status_code": 200, "errors": {}, "data": {}}))
}

fn wrong(status: u16, field: &str, texts: &[String]) -> Answered {
    (status, json!({"status_code": status, "errors": {field: texts}, "data": {}}))
}

fn one(status: u16, field: &str, text: &str) -> Answered {
    wrong(status, field, &[says("001", text).to_owned()])
}

fn refused(violations: &Violations) -> Answered {
    let catalogue = Catalogue::from_texts(Plural::english, SENTENCES).unwrap();
    let texts: Vec<_> = violations.iter().map(|one| catalogue.violation(one).to_string()).collect();
    wrong(400, "password", &texts)
}

fn required<'a>(form: &Form<'a>, name: &str) -> Result<&'a str, Answered> {
    let value = form.get(name).copied().filter(|value| !value.is_empty());
    value.ok_or_else(|| one(400, name, REQUIRED))
}

/// Sets the password that an admission allows.
fn set(service: &Recovery<Shared>, admitted: &Admitted, new: &Password) -> Answered {
    match set_password::set(service, admitted, (new, &policy()), at(9)) {
        Ok(_) => done(),
        Err(NotSet::Policy(violations)) => refused(&violations),
        Err(NotSet::Other(Answer::Unavailable)) => (503, Value::Null),
        Err(NotSet::Other(_)) => one(400, "token", INVALID_TOKEN),
    }
}

/// Of the signed-in Ada.
fn change_password(service: &Recovery<Shared>, form: &Form<'_>) -> Result<Answered, Answered> {
    let old = required(form, "old_password")?;
    let (new, again) = (required(form, "new_password")?, required(form, "confirm_password")?);
    let mismatch = |_| one(400, "confirm_password", DIFFERENT);
    let new = Password::confirmed(new, again).map_err(mismatch)?;
    let wrong_old = || one(401, "non_field_errors", WRONG_OLD);
    let old = Password::new(old).map_err(|_| wrong_old())?;
    let current = block_on(service.current(id(), at(0)));
    let admitted = current.and_then(|current| Ok(current.verify(&old, &hasher())?));
    let admitted = admitted.map_err(|error| match error {
        CurrentPasswordError::Refused(CurrentError::WrongPassword) => wrong_old(),
        other => (other.answer().http_status(), Value::Null),
    })?;
    Ok(set(service, &admitted, &new))
}

fn forgot_password(service: &Recovery<Shared>, form: &Form<'_>) -> Result<Answered, Answered> {
    let unknown = || one(401, "non_field_errors", UNKNOWN);
    let lookup = Lookup::email_or_login(required(form, "email")?).map_err(|_| unknown())?;
    let unavailable = |status: u16| (status, Value::Null);
    let disclosure = service.flow().disclosure().expect("the service is configured for it");
    let disclosed = block_on(service.disclose(&disclosure, lookup.clone(), None, at(0)));
    match disclosed.map_err(|error| unavailable(error.answer().http_status()))? {
        Disclosed::Unknown => return Err(unknown()),
        Disclosed::Several => return Err(one(401, "non_field_errors", SEVERAL)),
        Disclosed::Known => {}
    }
    let asked = service.request(lookup, Delivery::LINK, None, seed(&mut Dice(7)), at(0));
    block_on(asked).map_err(|error| unavailable(error.answer().http_status()))?;
    Ok(done())
}

fn submit(service: &Recovery<Shared>, form: &Form<'_>) -> Result<Answered, Answered> {
    let (handle, token) = (required(form, "user")?, required(form, "token")?);
    let new = required(form, "new_password")?;
    let invalid = || one(400, "token", INVALID_TOKEN);
    let proof = Proof::HandledLink { handle, token };
    let admitted = block_on(service.admit(proof, None, at(9))).map_err(|_| invalid())?;
    let new = Password::new(new).map_err(|_| invalid())?;
    Ok(set(service, &admitted, &new))
}

fn configured() -> Flow {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let page = page.with_handle_name("user").unwrap();
    let keyring = crate::keyring();
    Flow::builder(keyring, page).disclose_accounts().build().unwrap()
}

fn service() -> Recovery<Shared> {
    let mut dice = Dice(210);
    over(configured(), ada(&mut dice))
}

fn either(answered: Result<Answered, Answered>) -> Answered {
    answered.unwrap_or_else(|answered| answered)
}

/// User key and token of the message.
fn received(service: &Recovery<Shared>) -> (String, String) {
    work(service, &mut Dice(211), at(1));
    let message = messages(service).remove(0);
    let text = message.expose_secret().to_owned();
    let parameter = |name: &str| {
        let (_, rest) = text.split_once(name).unwrap();
        rest.split(['&', '\n']).next().unwrap().to_owned()
    };
    (parameter("user="), parameter("token="))
}

#[test]
fn a_forgotten_password_is_set_by_user_key_and_token() {
    for name in ["email", "user", "token", "new_password", "old_password", "confirm_password"] {
        says("001", name);
    }
    says("001", r#"{ "status_code": 200, "errors": {}, "data": {} }"#);
    for typed in ["ada@example.org", "ada"] {
        let service = service();
        assert_eq!(either(forgot_password(&service, &form([("email", typed)]))), done());
        let (user, token) = received(&service);
        let submitted = |user: &str, token: &str, new: &str| {
            let form = form([("user", user), ("token", token), ("new_password", new)]);
            either(submit(&service, &form))
        };
        let weak = submitted(&user, &token, "123456");
        let texts = SENTENCES.map(|(_, text)| says("001", text)).to_vec();
        assert_eq!(weak.1["errors"]["password"], json!(texts[1..]));
        // Of somebody else, and made up.
        let other = self::service();
        assert_eq!(either(forgot_password(&other, &form([("email", typed)]))), done());
        let (_, token_of_other) = received(&other);
        let invalid = one(400, "token", INVALID_TOKEN);
        assert_eq!(submitted(&token, &token, "Kettle-orbit-42"), invalid);
        assert_eq!(submitted(&user, &user, "Kettle-orbit-42"), invalid);
        assert_eq!(submitted("x", &token_of_other, "Kettle-orbit-42"), invalid);
        assert_eq!(submitted(&user, &token, "Kettle-orbit-42"), done());
        // Used.
        assert_eq!(submitted(&user, &token, "Kettle-orbit-43"), invalid);
        assert_eq!(submitted("", &token, "Kettle-orbit-43"), one(400, "user", REQUIRED));
    }
}

#[test]
fn what_the_document_discloses_is_disclosed_and_no_more() {
    let service = service();
    let unknown = one(401, "non_field_errors", UNKNOWN);
    for typed in ["nobody@example.org", "nobody", "@"] {
        assert_eq!(either(forgot_password(&service, &form([("email", typed)]))), unknown);
    }
    let mut dice = Dice(212);
    let twin = repass::account::Account::new(repass::account::AccountId::new("43").unwrap())
        .with_email(ada(&mut dice).emails()[0].clone())
        .with_password(ada(&mut dice).password().unwrap().clone());
    service.ports().accounts.put(twin);
    let (status, body) = either(forgot_password(&service, &form([("email", "ada@example.org")])));
    assert_eq!(status, 401);
    let text = body["errors"]["non_field_errors"][0].as_str().unwrap().to_owned();
    assert!(text.contains("multiple users") && text.contains("address.Please"), "{text}");
    assert_eq!(either(forgot_password(&service, &form([("email", "ada")]))), done());
    // Without the configuration there is nothing to disclose with.
    assert!(flow().build().unwrap().disclosure().is_none());
}

#[test]
fn a_change_says_what_is_missing_then_what_differs_then_the_old_password_then_the_policy() {
    let service = service();
    let change = |old: &str, new: &str, again: &str| {
        let form =
            form([("old_password", old), ("new_password", new), ("confirm_password", again)]);
        either(change_password(&service, &form))
    };
    assert_eq!(change("", "a", "b"), one(400, "old_password", REQUIRED));
    let differ = one(400, "confirm_password", DIFFERENT);
    assert_eq!(change("wrong", "123456", "1234567"), differ);
    let wrong_old = one(401, "non_field_errors", WRONG_OLD);
    assert_eq!(change("wrong", "123456", "123456"), wrong_old);
    let (status, body) = change(OLD, "123456", "123456");
    assert_eq!((status, body["errors"]["password"].as_array().unwrap().len()), (400, 4));
    assert_eq!(change(OLD, "Kettle-orbit-42", "Kettle-orbit-42"), done());
}
