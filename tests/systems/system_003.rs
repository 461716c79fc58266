//! Reset by the check code of a message, then a notice with the text of the caller; and the request that
//! sends the check code, which the document names and does not describe.

use pollster::block_on;
use repass::account::{Contact, ExpectedAccount, Lookup, Phone};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::recovery::Recovery;
use repass::reset::{
    Author, AuthorError, AuthorNotice, AuthorText, Flow, Limits, Proof, Sms, TrustedAuthor,
};
use repass::secret::Password;
use repass::token::Token;

use crate::document::says;
use crate::recovering::{Shared, messages, over, seed, work};
use crate::set_password::salt;
use crate::world::{Dice, ada, at, hasher};
use crate::{Form, form};

/// The word of an answer: `SUCCESS`, or why not.
type Word = &'static str;

fn given<'a>(form: &Form<'a>, name: &str) -> Option<&'a str> {
    form.get(name).copied().filter(|value| !value.is_empty())
}

/// The text of the form, for the channel that it names.
fn text<'a>(form: &Form<'a>) -> Result<Option<AuthorText<'a>>, Word> {
    let content = |name| given(form, name).unwrap_or_default();
    let (text, from) = match given(form, "check_channel") {
        None => return Ok(None),
        Some("email") => (AuthorText::mail(content("email_content")), "from_email"),
        Some("sms") => (AuthorText::sms(content("sms_content")), "from_mobile"),
        Some(_) => return Err("unknown_channel"),
    };
    let text = text.subject(given(form, "email_subject")).sender(given(form, from));
    Ok(Some(text.sender_name(given(form, "sender_name"))))
}

fn notice(author: &TrustedAuthor<'_>, form: &Form<'_>) -> Result<Option<AuthorNotice>, Word> {
    let Some(text) = text(form)? else { return Ok(None) };
    let list = |name| given(form, name).into_iter().flat_map(|list| list.split(','));
    let notice = author.notice(text);
    let notice = notice.and_then(|one| one.copies(list("email_cc"), list("email_bcc")));
    notice.map(Some).map_err(|error| error.code())
}

/// `caller` is the name of the system that has proved who it is.
fn reset_by_code(service: &Recovery<Shared>, caller: &str, form: &Form<'_>) -> Result<Word, Word> {
    let author = service.flow().author(caller).ok_or("forbidden")?;
    let required = |name| given(form, name).ok_or("missing_parameter");
    let lookup = Lookup::email(required("login_name_toreset")?).map_err(|_| "refused")?;
    let (new, again) = (required("new_passwd")?, required("new_passwd_repeat")?);
    let new = Password::confirmed(new, again).map_err(|_| "password_mismatch")?;
    let code = required("resetpasswd_checkcode")?;
    // Everything that can be wrong with the notice is told before anything is spent.
    let notice = notice(&author, form)?;
    let hex = Token::from_hex(code).ok();
    let token = hex.as_ref().map_or(code, Token::expose_secret);
    let expected = ExpectedAccount::Lookup(lookup);
    let admitted = block_on(service.admit(Proof::Link(token), Some(&expected), at(9)));
    let admitted = admitted.map_err(|error| error.answer().code())?;
    let policy = Policy::builder().min_length(8).build().unwrap();
    let change = admitted.set_password(&new, &policy, &hasher(), salt());
    let change = change.map_err(|error| error.answer().code())?;
    let after = block_on(service.commit(change, at(9))).map_err(|error| error.answer().code())?;
    if let Some(notice) = notice {
        let _sent = block_on(service.send_notice(&after, &notice, at(9))).map_err(|_| "failed")?;
    }
    block_on(service.settle(&after, at(9))).map_err(|_| "failed")?;
    Ok("SUCCESS")
}

fn forgot(service: &Recovery<Shared>, caller: &str, form: &Form<'_>) -> Result<Word, Word> {
    let author = service.flow().author(caller).ok_or("forbidden")?;
    let text = text(form)?.ok_or("missing_parameter")?;
    let request = author.request(text).map_err(|error| error.code())?;
    let login = given(form, "login_name_toreset").ok_or("missing_parameter")?;
    let lookup = Lookup::email(login).map_err(|_| "refused")?;
    let asked = service.request_by_author(request, lookup, seed(&mut Dice(231)), at(0));
    block_on(asked).map(|_handle| "SUCCESS").map_err(|error| error.answer().code())
}

/// As the document shows an answer.
fn body(answer: Result<Word, Word>) -> String {
    let (kind, word) = match answer {
        Ok(word) => ('0', word),
        Err(word) => ('1', word),
    };
    format!(
        "<result tftype='1' infotype='{kind}'>\n    <field name='msg'>{word}</field>\n</result>"
    )
}

const LOGIN: &str = "ada@example.org";

fn service(author: Author, limits: Limits) -> Recovery<Shared> {
    let page = ResetLink::new("https://example.org/r", LinkForm::Query).unwrap();
    let flow = Flow::builder(crate::keyring(), page)
        .sms(Sms::to(["+49"]).links())
        .limits(limits)
        .author(author)
        .build()
        .unwrap();
    let phone = Phone::verified(Contact::phone("+49 170 1234567").unwrap());
    over(flow, ada(&mut Dice(230)).with_phone(phone))
}

fn author() -> Author {
    Author::new("mapi").sender("support@example.org").sms_sender("YVN").hex()
}

fn standard() -> Recovery<Shared> {
    service(author(), Limits::default())
}

/// The check code that the owner gets, by a request of the caller.
fn check_code(service: &Recovery<Shared>) -> String {
    let asked = form([
        ("login_name_toreset", LOGIN),
        ("check_channel", "email"),
        ("email_content", "[%resetpasswd_checkcode%]"),
    ]);
    assert_eq!(forgot(service, "mapi", &asked), Ok("SUCCESS"));
    work(service, &mut Dice(232), at(1));
    let [message] = &messages(service)[..] else { panic!("not one message") };
    message.expose_secret().to_owned()
}

/// The parameters of a reset with this check code, and those of a notice.
fn with<'a>(code: &'a str, notice: &[(&'a str, &'a str)]) -> Form<'a> {
    let mut form = form([
        ("action", "RESETPASSWD_BYCODE"),
        ("login_name_toreset", LOGIN),
        ("new_passwd", "kettle-orbit"),
        ("new_passwd_repeat", "kettle-orbit"),
        ("resetpasswd_checkcode", code),
    ]);
    form.extend(notice.iter().copied());
    form
}

/// The notices of the caller among what was delivered, and how many the service sent.
fn notices(service: &Recovery<Shared>) -> (Vec<Message>, usize) {
    work(service, &mut Dice(233), at(10));
    let (authored, own): (Vec<_>, Vec<_>) =
        messages(service).into_iter().partition(|message| message.sender().is_some());
    (authored, own.len())
}

#[test]
fn the_example_of_the_document_resets_the_password_and_tells_the_owner_by_sms() {
    let example = "action=RESETPASSWD_BYCODE&login_name_toreset=name@example.com&\
                   new_passwd=helloworld&new_passwd_repeat=helloworld&resetpasswd_checkcode=";
    says("003", example);
    says("003", "&check_channel=sms&sms_content=YourPasswordHasBeenReset&from_mobile=YVN");
    let success =
        says("003", "<result tftype='1' infotype='0'> <field name='msg'>SUCCESS</field> </result>");
    let service = standard();
    let code = check_code(&service);
    // A string of letters and numbers, as the document says.
    assert!(code.len() == 120 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let sms = [
        ("check_channel", "sms"),
        ("sms_content", "YourPasswordHasBeenReset"),
        ("from_mobile", "YVN"),
    ];
    let answer = body(reset_by_code(&service, "mapi", &with(&code.to_uppercase(), &sms)));
    let flat = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(flat(&answer), flat(success));
    let (notices, own) = notices(&service);
    let [notice] = &notices[..] else { panic!("{notices:?}") };
    assert_eq!(notice.expose_secret(), "YourPasswordHasBeenReset");
    assert_eq!(notice.to().as_str(), "+49 170 1234567");
    assert_eq!(notice.sender().unwrap().address(), Some("YVN"));
    // The service tells the owner itself, by mail and by text message.
    assert_eq!(own, 2);
    // The code was used.
    assert_eq!(reset_by_code(&service, "mapi", &with(&code, &[])), Err("refused"));
}

#[test]
fn a_mail_has_the_names_the_subject_the_sender_and_the_copies_of_the_caller() {
    for name in
        ["email_subject", "email_content", "from_email", "sender_name", "email_cc", "email_bcc"]
    {
        says("003", name);
    }
    says("003", "[%first_name%]");
    says("003", "[%last_name%]");
    let author = author().copies_to("log@example.org").copies_to("audit@example.org");
    let service = service(author, Limits::default());
    let code = check_code(&service);
    let mail = [
        ("check_channel", "email"),
        ("email_subject", "Your password"),
        ("email_content", "Dear [%first_name%] [%last_name%],\n\nyour {new} password is set.\n"),
        ("from_email", "Support@example.org"),
        ("sender_name", "YVN Support"),
        ("email_cc", "log@example.org"),
        ("email_bcc", " audit@example.org"),
    ];
    assert_eq!(reset_by_code(&service, "mapi", &with(&code, &mail)), Ok("SUCCESS"));
    let (notices, _) = notices(&service);
    let mut to: Vec<_> = notices.iter().map(|notice| notice.to().as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ada@example.org", "audit@example.org", "log@example.org"]);
    for notice in &notices {
        assert_eq!(notice.subject(), "Your password");
        let text = "Dear Ada Lovelace,\n\nyour {new} password is set.\n";
        assert_eq!((notice.expose_secret(), notice.expose_html()), (text, None));
        assert_eq!(notice.addressed_to().as_str(), "ada@example.org");
        let cc: Vec<_> = notice.cc().iter().map(Contact::as_str).collect();
        assert_eq!(cc, ["log@example.org"]);
        let sender = notice.sender().unwrap();
        let parts = (sender.address(), sender.name());
        assert_eq!(parts, (Some("support@example.org"), Some("YVN Support")));
    }
}

#[test]
fn without_a_channel_only_the_service_tells_the_owner() {
    says("003", "If check_channel is omitted, sending notifications will be disabled.");
    let service = standard();
    let code = check_code(&service);
    assert_eq!(reset_by_code(&service, "mapi", &with(&code, &[])), Ok("SUCCESS"));
    let (notices, own) = notices(&service);
    assert_eq!((notices.len(), own), (0, 2));
}

#[test]
fn what_is_wrong_with_the_notice_is_told_before_the_code_is_spent() {
    let text = "If email is selected, the email_content parameter must be provided; otherwise, sms_content must be provided.";
    says("003", text);
    let service = service(author().copies_to("log@example.org"), Limits::default());
    let code = check_code(&service);
    let (mail, content) = (("check_channel", "email"), ("email_content", "Done."));
    let sms = ("check_channel", "sms");
    let six = ["log@example.org"; 6].join(",");
    for (form, word) in [
        (&[mail][..], "author_no_text"),
        (&[mail, ("sms_content", "Done.")], "author_no_text"),
        (&[sms, content], "author_no_text"),
        (&[("check_channel", "fax"), content], "unknown_channel"),
        (&[mail, content, ("from_email", "ceo@example.org")], "author_sender_not_allowed"),
        (&[mail, content, ("email_cc", "eve@example.org")], "author_copy_not_allowed"),
        (
            &[mail, content, ("email_bcc", "log@example.org,eve@example.org")],
            "author_copy_not_allowed",
        ),
        (&[mail, content, ("email_cc", &six)], "author_too_many_copies"),
        (&[mail, content, ("email_subject", "a\r\nBcc: eve@example.org")], "template_control"),
        (&[mail, content, ("sender_name", "a\nb")], "author_sender_name_invalid"),
        (&[mail, ("email_content", "[%resetpasswd_checkcode%]")], "template_unknown_placeholder"),
        (&[sms, ("sms_content", "Done."), ("from_mobile", "BANK")], "author_sender_not_allowed"),
        (&[sms, ("sms_content", "Done."), ("email_cc", "log@example.org")], "author_copies_of_sms"),
        (&[sms, ("sms_content", &"a".repeat(460))], "template_too_many_segments"),
        (&[("new_passwd_repeat", "another")], "password_mismatch"),
        (&[("new_passwd", "")], "missing_parameter"),
        (&[("login_name_toreset", "eve@example.org")], "refused"),
    ] {
        assert_eq!(reset_by_code(&service, "mapi", &with(&code, form)), Err(word), "{form:?}");
    }
    assert_eq!(reset_by_code(&service, "other", &with(&code, &[])), Err("forbidden"));
    assert_eq!(reset_by_code(&service, "mapi", &with(&code, &[])), Ok("SUCCESS"));
}

#[test]
fn the_check_code_comes_by_the_channel_that_was_asked_for_and_nobody_gets_the_same_answer() {
    says("003", "The value of this field can be obtained via the FORGOTPASSWD request.");
    let asked = |login, channel, content, text| {
        let asked = [("login_name_toreset", login), ("check_channel", channel), (content, text)];
        let form = form(asked);
        let service = standard();
        let answer = forgot(&service, "mapi", &form);
        work(&service, &mut Dice(234), at(1));
        (answer, messages(&service))
    };
    let code = "Code [%resetpasswd_checkcode%]";
    let (answer, sent) = asked(LOGIN, "sms", "sms_content", code);
    let [message] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((answer, message.to().as_str()), (Ok("SUCCESS"), "+49 170 1234567"));
    assert!(message.cc().is_empty() && message.addressed_to() == message.to());
    let (answer, sent) = asked(LOGIN, "email", "email_content", code);
    assert_eq!((answer, sent.len()), (Ok("SUCCESS"), 1));
    // An omitted subject is that of the service.
    assert!(!sent[0].subject().is_empty());
    let (answer, sent) = asked("no@example.org", "email", "email_content", code);
    assert_eq!((answer, sent.len()), (Ok("SUCCESS"), 0));
    let (answer, _) = asked(LOGIN, "email", "email_content", "no code");
    assert_eq!(answer, Err("template_secret_missing"));
}

#[test]
fn each_copy_counts_against_the_caller() {
    let limits = Limits::default().notices_of_author(2, core::time::Duration::from_secs(3600));
    let service = service(author().copies_to("log@example.org").copies_to("b@example.org"), limits);
    let code = check_code(&service);
    let mail = [
        ("check_channel", "email"),
        ("email_content", "Done."),
        ("email_cc", "log@example.org,b@example.org"),
    ];
    assert_eq!(reset_by_code(&service, "mapi", &with(&code, &mail)), Ok("SUCCESS"));
    let (notices, own) = notices(&service);
    let mut to: Vec<_> = notices.iter().map(|notice| notice.to().as_str()).collect();
    to.sort_unstable();
    assert_eq!((&to[..], own), (&["ada@example.org", "log@example.org"][..], 2));
    let error = AuthorError::TooManyCopies;
    assert_eq!(error.to_string(), "there are more than 5 copies");
}
