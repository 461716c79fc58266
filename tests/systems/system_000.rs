//! A reseller resets the password of a user in its own hierarchy.

use pollster::block_on;
use repass::account::{Account, AccountId, Lookup};
use repass::message::MessageKind;
use repass::policy::Policy;
use repass::recovery::Recovery;
use repass::reset::Operators;
use repass::secret::Password;
use serde_json::json;

use crate::document::says;
use crate::recovering::{Shared, messages, over, work};
use crate::set_password::{NotSet, commit, salt};
use crate::world::{Dice, ada, at, flow, hasher, id};
use crate::{Form, form};

fn policy() -> Policy {
    toml::from_str(include_str!("../../examples/policies/system_000.toml")).unwrap()
}

/// `operator` is the account whose credentials the host has compared.
fn reset_user_password(
    service: &Recovery<Shared>,
    operator: Option<&AccountId>,
    form: &Form<'_>,
) -> (u16, String) {
    let says = |status: u16, result: &str, text: &str| {
        let code = status.to_string();
        let response = json!({"response": {
            "api": "user", "action": "resetuserpassword", "status": result, "msg": text, "code": code,
        }});
        (status, response.to_string())
    };
    let refused = |status, text: &str| says(status, "error", text);
    let Some(operator) = operator else { return refused(401, "Invalid user credentials") };
    let field = |name: &str| form.get(name).copied().filter(|value| !value.is_empty());
    let (Some(login), Some(new)) = (field("userloginname"), field("newPassword")) else {
        return refused(400, "A required parameter is missing");
    };
    let (Ok(lookup), Ok(new)) = (Lookup::login(login), Password::new(new)) else {
        return refused(400, "A parameter is invalid");
    };
    let administered = match block_on(service.administer(operator, lookup, at(0))) {
        Ok(administered) => administered,
        Err(error) => return refused(error.answer().http_status(), "The request was refused"),
    };
    let hand_over = administered.hand_over().expect("the service is configured for it");
    let change = hand_over.set_password(&new, &policy(), &hasher(), salt());
    match commit(service, change, at(0)) {
        Ok(_) => says(200, "success", "Password changed successfully."),
        Err(NotSet::Policy(violations)) => refused(422, &violations.to_string()),
        Err(NotSet::Other(answer)) => refused(answer.http_status(), "The request was refused"),
    }
}

/// The reseller "7" administers Ada, and nobody else.
fn service() -> Recovery<Shared> {
    let mut dice = Dice(200);
    let flow = flow().operators(Operators::HandOverSecrets).build().unwrap();
    let service = over(flow, ada(&mut dice));
    let reseller =
        Account::new(reseller()).with_login(repass::account::Login::new("root").unwrap());
    service.ports().accounts.put(reseller);
    service.ports().accounts.let_administer(self::reseller(), id());
    service
}

fn reseller() -> AccountId {
    AccountId::new("7").unwrap()
}

fn sets(service: &Recovery<Shared>, login: &str, new: &str) -> (u16, String) {
    let form = form([("userloginname", login), ("newPassword", new), ("output", "json")]);
    reset_user_password(service, Some(&reseller()), &form)
}

#[test]
fn the_answer_is_that_of_the_document_and_the_user_is_told_without_the_password() {
    for name in ["userloginname", "newPassword", "output"] {
        says("000", name);
    }
    let service = service();
    let (status, body) = sets(&service, "ada", "Kettle-orbit-42");
    let documented = r#"{"response": {"api": "user", "action": "resetuserpassword", "status": "success",
        "msg": "Password changed successfully.", "code": "200"}}"#;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let right: serde_json::Value = serde_json::from_str(says("000", documented)).unwrap();
    assert_eq!((status, body), (200, right));
    let stored = service.ports().accounts.all().remove(0);
    let new = Password::new("Kettle-orbit-42").unwrap();
    let verdict = hasher().verify(&new, stored.password().unwrap()).unwrap();
    assert_eq!(verdict, repass::hash::Verdict::Match);
    work(&service, &mut Dice(201), at(1));
    let [notice] = &messages(&service)[..] else { panic!("not one notice") };
    assert_eq!(notice.kind(), MessageKind::PasswordSetByOperator);
    assert!(!notice.expose_secret().contains("Kettle"));
}

#[test]
fn oneself_a_user_of_somebody_else_and_nobody_get_one_answer() {
    let service = service();
    let other = Account::new(AccountId::new("8").unwrap())
        .with_login(repass::account::Login::new("grace").unwrap())
        .with_password(service.ports().accounts.all().remove(0).password().unwrap().clone());
    service.ports().accounts.put(other);
    let answers: Vec<_> =
        ["root", "grace", "nobody"].map(|login| sets(&service, login, "Kettle-orbit-42")).into();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_ne!(answers[0].0, 200);
    let form = form([("userloginname", "ada"), ("newPassword", "Kettle-orbit-42")]);
    assert_eq!(reset_user_password(&service, None, &form).0, 401);
}

/// "at least 8 characters, including letters, numbers, and special characters"
#[test]
fn the_password_is_as_strong_as_the_document_asks() {
    says("000", "at least 8 characters, including letters, numbers, and special characters");
    let service = service();
    for weak in ["newpass", "kettle-orbit", "kettle42orbit", "42-42-42-42", "short-1"] {
        assert_eq!(sets(&service, "ada", weak).0, 422, "{weak}");
    }
    // Nothing was spent.
    assert_eq!(sets(&service, "ada", "kettle-42").0, 200);
}

/// Whom the host does not let administer any more sets nothing, however far it had come.
#[test]
fn who_may_administer_is_asked_again_when_the_password_is_set() {
    let service = service();
    let administered =
        block_on(service.administer(&reseller(), Lookup::login("ada").unwrap(), at(0)));
    let hand_over = administered.unwrap();
    let new = Password::new("Kettle-orbit-42").unwrap();
    let hand_over = hand_over.hand_over().unwrap();
    let change = hand_over.set_password(&new, &policy(), &hasher(), salt());
    // Another table of users, in which the reseller administers nobody.
    let mut dice = Dice(200);
    let dismissed = over(service.flow().clone(), ada(&mut dice));
    let error = block_on(dismissed.commit(change.unwrap(), at(1))).unwrap_err();
    assert_eq!(error.code(), "commit_operator_refused");
}
