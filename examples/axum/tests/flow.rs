//! Walks the example over HTTP: by link, by code, a weak password and then the ticket, a change.

use core::error::Error;
use core::net::SocketAddr;
use core::time::Duration;

use repass::account::{Account, AccountId, Contact, Email, MustChange, MustChangeReason};
use repass::hash::{Cost, Hasher, Verdict};
use repass::port::Accounts;
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;
use repass_axum_example::Service;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Result<T> = core::result::Result<T, Box<dyn Error>>;

const KEY: &str = "base64:ihwOW9HydkqeA8e4XS9ukQtNg6b3wl4Z0DSrbH+Y4hU";

struct Running {
    folder: tempfile::TempDir,
    address: String,
    service: Service,
}

impl Running {
    async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let page = format!("http://{address}/reset");
        let service = Service::open(&path("database"), &path("messages"), &page, KEY).await?;
        let old = Hasher::new(Cost::new(64, 1, 1)?)
            .hash(&Password::new("the lost one")?, Salt::generate(&mut repass::SysRng)?)?;
        let ada = Account::new(AccountId::new("42")?)
            .with_names("Ada", "Lovelace")
            .with_email(Email::verified(Contact::email("ada@example.org")?))
            .with_password(old);
        service.accounts().put(&ada).await?;
        tokio::spawn(service.clone().work(core::future::pending()));
        let router = service.clone().router().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { folder, address, service })
    }

    /// Sends one request; status, head and body of the answer.
    async fn send(
        &self,
        path: &str,
        form: Option<&[(&str, &str)]>,
        cookie: &str,
    ) -> Result<Answer> {
        let body = form.map(|fields| {
            let fields = fields.iter().map(|(name, value)| format!("{name}={}", encode(value)));
            fields.collect::<Vec<_>>().join("&")
        });
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
        let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
        Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    async fn get(&self, path: &str) -> Result<Answer> {
        self.send(path, None, "").await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer> {
        self.send(path, Some(form), "").await
    }

    /// The cookie of a session that begins now.
    async fn session(&self) -> Result<String> {
        let form = [("who", "ada@example.org"), ("password", "the lost one")];
        Ok(self.post("/sign-in", &form).await?.cookie())
    }

    /// Waits until so many messages are in the file; the last one.
    async fn message(&self, number: usize) -> Result<String> {
        let path = self.folder.path().join("messages");
        for _ in 0..600 {
            let text = tokio::fs::read_to_string(&path).await.unwrap_or_default();
            let messages: Vec<_> = text.split("To: ").skip(1).collect();
            if let (true, Some(last)) = (messages.len() >= number, messages.last()) {
                return Ok((*last).to_owned());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("the message does not come".into())
    }

    async fn verdict(&self, password: &str) -> Result<Verdict> {
        let now = UtcDateTime::from_unix_timestamp(0)?;
        let account = self.service.accounts().load(&AccountId::new("42")?, now).await?;
        let stored = account.and_then(|account| account.password().cloned()).ok_or("no hash")?;
        Ok(self.service.hashing().verify(Password::new(password)?, stored).await?)
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    /// The cookie that is set.
    fn cookie(&self) -> String {
        let line = self.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        line.and_then(|line| line.split(';').next()).unwrap_or_default().to_owned()
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let start = format!("name={name} value=\"");
        let rest = self.body.split_once(&start).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

const NEW: &str = "plum-kettle-42";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_resets_the_password_once() -> Result<()> {
    let running = Running::start().await?;
    let asked = running.post("/forgot", &[("who", "ada@example.org"), ("by", "link")]).await?;
    let nobody = running.post("/forgot", &[("who", "no@example.org"), ("by", "link")]).await?;
    assert_eq!((asked.status, &asked.body), (200, &nobody.body));

    let message = running.message(1).await?;
    let link = message.lines().find(|line| line.contains("token=")).ok_or("no link")?;
    let path = link.strip_prefix(&format!("http://{}", running.address)).ok_or("other host")?;
    let form = running.get(path).await?;
    assert_eq!(form.status, 200);
    let token = form.field("token");

    let reset = [("token", &*token), ("password", NEW), ("again", NEW)];
    assert_eq!(running.post("/reset", &reset).await?.status, 200);
    assert_eq!(running.verdict(NEW).await?, Verdict::Match);
    assert!(running.message(2).await?.contains("was changed"));
    assert_eq!(running.post("/reset", &reset).await?.status, 403);
    assert_eq!(running.get(path).await?.status, 403);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_and_a_password_are_sent_in_one_form() -> Result<()> {
    let running = Running::start().await?;
    let asked = running.post("/forgot", &[("who", "ada@example.org"), ("by", "code")]).await?;
    let handle = asked.field("handle");
    let message = running.message(1).await?;
    let code = message.lines().map(str::trim).find(|line| line.len() == 9 && !line.contains(' '));
    let code = code.ok_or("no code")?;

    let with = |code, password| {
        [("handle", handle.clone()), ("code", code), ("password", password), ("again", NEW.into())]
    };
    let post = async |form: [(&str, String); 4]| {
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        running.post("/reset", &form).await
    };
    // Two passwords that differ and a text that is no code cost no try, and a wrong code leaves the form.
    assert_eq!(post(with(code.into(), "another-one-7".into())).await?.status, 200);
    let mistyped = post(with("WRNG-CODE".into(), NEW.into())).await?;
    assert_eq!((mistyped.status, mistyped.field("handle")), (422, handle.clone()));
    let wrong = post(with("WRNG-WRNG".into(), NEW.into())).await?;
    assert_eq!((wrong.status, wrong.field("handle")), (403, handle.clone()));
    assert_eq!(post(with(code.into(), NEW.into())).await?.status, 200);
    assert_eq!(running.verdict(NEW).await?, Verdict::Match);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_weak_password_the_page_carries_a_ticket_and_no_code() -> Result<()> {
    let running = Running::start().await?;
    let asked = running.post("/forgot", &[("who", "ada@example.org"), ("by", "code")]).await?;
    let handle = asked.field("handle");
    let message = running.message(1).await?;
    let code = message.lines().map(str::trim).find(|line| line.len() == 9 && !line.contains(' '));
    let code = code.ok_or("no code")?;
    let weak = [("handle", &*handle), ("code", code), ("password", "12345"), ("again", "12345")];
    let again = running.post("/reset", &weak).await?;
    let ticket = again.field("ticket");
    assert_eq!((again.status, ticket.len(), again.field("handle")), (200, 100, String::new()));
    assert!(!again.body.contains(code));

    let reset = [("ticket", &*ticket), ("password", NEW), ("again", NEW)];
    assert_eq!(running.post("/reset", &reset).await?.status, 200);
    assert_eq!(running.verdict(NEW).await?, Verdict::Match);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_ends_all_sessions_but_the_one_that_made_it() -> Result<()> {
    let running = Running::start().await?;
    let mine = running.session().await?;
    let other = mine.clone();
    let change = |present| [("present", present), ("password", NEW), ("again", NEW)];
    let wrong = running.send("/change", Some(&change("not this one")), &mine).await?;
    assert_eq!(wrong.status, 403);
    assert!(wrong.body.contains("The present password is not right"), "{}", wrong.body);
    assert!(!wrong.body.contains("link or code") && wrong.body.contains("action=/change"));
    let changed = running.send("/change", Some(&change("the lost one")), &mine).await?;
    assert_eq!(changed.status, 200);
    assert!(running.message(1).await?.contains("was changed"));

    let next = changed.cookie();
    assert_eq!(running.send("/change", Some(&change(NEW)), &other).await?.status, 401);
    assert_eq!(running.send("/change", Some(&change("wrong")), &next).await?.status, 403);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_signs_in_and_who_is_refused_reads_the_same() -> Result<()> {
    let running = Running::start().await?;
    let sign_up = |name, password| {
        let email = ("email", "grace@example.org");
        [("name", name), email, ("password", password), ("again", password)]
    };
    assert_eq!(running.post("/sign-up", &sign_up("grace", "12345")).await?.status, 422);
    assert_eq!(running.post("/sign-up", &sign_up("grace", NEW)).await?.status, 200);
    let taken = running.post("/sign-up", &sign_up("Grace", "another-kettle-7")).await?;
    assert!(taken.body.contains("taken"), "{}", taken.body);

    let sign_in = async |who, password| {
        running.post("/sign-in", &[("who", who), ("password", password)]).await
    };
    let grace = sign_in("grace", NEW).await?;
    assert_eq!(grace.status, 200);
    let change = [("present", NEW), ("password", "brisk-hazel-96"), ("again", "brisk-hazel-96")];
    assert_eq!(running.send("/change", Some(&change), &grace.cookie()).await?.status, 200);

    let wrong = sign_in("grace", NEW).await?;
    let nobody = sign_in("nobody", NEW).await?;
    assert_eq!((wrong.status, &wrong.body), (403, &nobody.body));
    assert_eq!((nobody.status, wrong.cookie()), (403, String::new()));
    assert_eq!(sign_in("grace", "brisk-hazel-96").await?.status, 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_leads_to_a_new_one_and_then_to_a_session() -> Result<()> {
    let running = Running::start().await?;
    let now = UtcDateTime::from_unix_timestamp(0)?;
    let ada =
        running.service.accounts().load(&AccountId::new("42")?, now).await?.ok_or("no Ada")?;
    let must_change = MustChange::new(MustChangeReason::Temporary);
    running.service.accounts().put(&ada.with_must_change(Some(must_change))).await?;

    let form = [("who", "ada@example.org"), ("password", "the lost one")];
    let asked = running.post("/sign-in", &form).await?;
    assert_eq!((asked.status, asked.cookie()), (200, String::new()));
    let ticket = asked.field("ticket");
    let same = [("ticket", &*ticket), ("password", "the lost one"), ("again", "the lost one")];
    let again = running.post("/reset", &same).await?;
    let ticket = again.field("ticket");
    let new = [("ticket", &*ticket), ("password", NEW), ("again", NEW)];
    let mine = running.post("/reset", &new).await?.cookie();
    let change = [("present", NEW), ("password", "brisk-hazel-96"), ("again", "brisk-hazel-96")];
    assert_eq!(running.send("/change", Some(&change), &mine).await?.status, 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_the_same_in_either_normal_form() -> Result<()> {
    // Composed and decomposed: keyboards differ in which one they send.
    let (composed, decomposed) = ("sm\u{f6}rg\u{e5}s-kettle", "smo\u{308}rga\u{30a}s-kettle");
    let running = Running::start().await?;
    let form = |present, new| [("present", present), ("password", new), ("again", new)];
    let mine = running.session().await?;
    let first = running.send("/change", Some(&form("the lost one", decomposed)), &mine).await?;
    assert_eq!(first.status, 200);
    let mine = first.cookie();
    let second = running.send("/change", Some(&form(decomposed, "plum-kettle-43")), &mine).await?;
    assert_eq!(second.status, 200);
    let mine = second.cookie();
    let third = running.send("/change", Some(&form("plum-kettle-43", composed)), &mine).await?;
    assert_eq!(third.status, 200);
    assert_eq!(running.verdict(decomposed).await?, Verdict::Match);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_kept_or_told_to_another_site() -> Result<()> {
    let running = Running::start().await?;
    let weak = [("present", ""), ("password", "1"), ("again", "1")];
    for answer in [
        running.get("/forgot").await?,
        running.get("/reset?token=x").await?,
        running.post("/reset", &[("token", "x"), ("password", NEW), ("again", NEW)]).await?,
        running.get("/change").await?,
        running.post("/change", &weak).await?,
        running.get("/sign-in").await?,
        running.get("/sign-up").await?,
        running
            .post("/sign-in", &[("who", "ada@example.org"), ("password", "the lost one")])
            .await?,
        running.post("/sign-out", &[]).await?,
    ] {
        assert!(answer.head.contains("referrer-policy: no-referrer"), "{}", answer.head);
        assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
    }
    Ok(())
}
