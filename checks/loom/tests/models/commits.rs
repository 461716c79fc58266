//! The way from a link to a new password, and what follows from it then.

use core::slice;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;

use pollster::block_on;
use repass::account::Written;
use repass::port::{Accounts, Attempts, Ports, Queue};
use repass::reset::{Change, CommitError, Delivery, Outcome, Worked};

use crate::fixture::{Fixture, Memory, hash, resumed, shown, token};
use crate::world::at;
use crate::{at_once, in_every_order};

/// Until a commit that began at 2 counts as crashed.
const LEASE_OVER: i64 = 62;

/// Two requests at once used one token in Parse Server (GHSA-r3xq-68wh-gwvh).
#[test]
fn of_three_commits_with_one_link_one_wins() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::LINK);
    let admitted = fixture.admitted(&link, &link.row, 1);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        let changes = [1, 2, 3].map(|number| (number, fixture.change(&admitted, number)));
        assert_one_wins(&fixture, &service, changes);
    });
}

#[test]
fn of_two_commits_with_two_links_one_wins() {
    let mut fixture = Fixture::new();
    let links = [(); 2].map(|()| fixture.attempt(Delivery::LINK));
    let admitted = links.each_ref().map(|link| fixture.admitted(link, &link.row, 1));
    in_every_order(move || {
        let service = fixture.service(&links);
        let changes =
            [0, 1].map(|number| (number as u64, fixture.change(&admitted[number], number as u64)));
        assert_one_wins(&fixture, &service, changes);
    });
}

/// Each of them from the link to the notice.
#[test]
fn of_two_who_use_one_link_one_changes_the_password() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::LINK);
    let fixture = Arc::new(fixture);
    let hashes = [1, 2].map(hash);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        let users = [1, 2].map(|number| {
            let (fixture, service, link) = (Arc::clone(&fixture), service.clone(), link.clone());
            move || {
                let admitted = shown(&service, &link, 1)?;
                let change = fixture.change(&admitted, number);
                let after =
                    block_on(service.commit(change, at(2))).map_err(|error| error.code())?;
                block_on(service.settle(&after, at(2))).unwrap();
                Ok(number)
            }
        });
        let answers = at_once(users);
        let winners: Vec<u64> = answers.iter().filter_map(|answer| answer.ok()).collect();
        let [winner] = winners[..] else { panic!("{answers:?}") };
        assert_eq!(fixture.new_password(&service).as_ref(), hashes.get(winner as usize - 1));
        let refusals = ["commit_taken", "reset_running", "reset_superseded", "reset_used"].map(Err);
        assert!(answers.iter().all(|answer| answer.is_ok() || refusals.contains(answer)));
        assert_eq!(resumed(&service, LEASE_OVER), 0);
        assert_eq!(service.ports().queue().dump().len(), 1);
    });
}

/// A request that was made before a commit neither stops it nor makes a link that outlives it.
#[test]
fn a_request_that_meets_a_commit_leaves_it_alone_and_ends_with_it() {
    let mut fixture = Fixture::new();
    let [link, other] = [(); 2].map(|()| fixture.attempt(Delivery::LINK));
    let admitted = fixture.admitted(&link, &link.row, 1);
    let seen = Arc::new([const { AtomicBool::new(false) }; 2]);
    let noted = Arc::clone(&seen);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        block_on(service.ports().queue().push(&other.request, at(0))).unwrap();
        let change = fixture.change(&admitted, 1);
        let running = service.clone();
        let requested = loom::thread::spawn(move || block_on(running.work(token(1), 1, at(2))));
        let _after = block_on(service.commit(change, at(2))).unwrap();
        let mut worked = requested.join().unwrap().unwrap();
        let Some(Worked::Ran(report)) = worked.pop() else { panic!("nothing was run") };
        assert!(fixture.new_password(&service).is_some());
        match (report.disclose(), shown(&service, &other, 3)) {
            (Outcome::Sent, Err("reset_superseded")) => noted[0].store(true, Relaxed),
            (Outcome::Expired, Err("reset_unknown")) => noted[1].store(true, Relaxed),
            other => panic!("{other:?}"),
        }
    });
    assert!(seen.iter().all(|outcome| outcome.load(Relaxed)), "one of both never comes about");
}

/// The first commit stalls before its write, crashes after it, and meets the owner's retry.
#[test]
fn a_commit_that_is_taken_over_is_resumed() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::LINK);
    let first = fixture.admitted(&link, &link.row, 1);
    let (running, write) = fixture.begun(fixture.change(&first, 1), 2);
    let retry = fixture.admitted(&link, &running, LEASE_OVER);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        assert!(block_on(service.ports().attempts().swap(&link.row, &running, at(2))).unwrap());
        let (stalled, write) = (service.clone(), write.clone());
        let stalled = loom::thread::spawn(move || {
            block_on(stalled.ports().accounts().write(&write, at(LEASE_OVER))).unwrap()
        });
        let retried = block_on(service.commit(fixture.change(&retry, 2), at(LEASE_OVER)));
        let set = matches!(stalled.join().unwrap(), Written::Done { .. });
        assert_ne!(set, retried.is_ok());
        assert_eq!(resumed(&service, 2 * LEASE_OVER), 1);
    });
}

/// A commit at the last moment of its admission meets what deletes rows and resumes commits.
#[test]
fn a_purge_takes_nothing_that_is_unfinished() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::LINK);
    let expires_at = i64::try_from(fixture.flow.link_life().as_secs()).unwrap();
    let admitted = fixture.admitted(&link, &link.row, expires_at - 1);
    // From this moment on a row is deleted that is not running.
    let later = expires_at + 720;
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        let keeper = service.clone();
        let keeper = loom::thread::spawn(move || {
            let kept = block_on(keeper.housekeep(at(later)));
            for after in &kept.resumed {
                block_on(keeper.settle(after, at(later))).unwrap();
            }
            kept.purged_attempts
        });
        let change = fixture.change(&admitted, 1);
        let committed = block_on(service.commit(change, at(expires_at + 598)));
        let purged = keeper.join().unwrap();
        let unfinished = resumed(&service, later);
        let told = service.ports().queue().dump().len();
        match committed {
            Ok(_after) => {
                assert!(fixture.new_password(&service).is_some());
                assert_eq!(told + unfinished, 1);
            }
            Err(error) => {
                assert!(matches!(error, CommitError::Taken), "{error:?}");
                assert_eq!((fixture.new_password(&service), purged), (None, 1));
            }
        }
    });
}

/// Commits at once, of which one sets its password, from which something follows then.
fn assert_one_wins<const N: usize>(
    fixture: &Fixture,
    service: &Memory,
    changes: [(u64, Change); N],
) {
    let commits = changes.map(|(number, change)| {
        let service = service.clone();
        move || block_on(service.commit(change, at(2))).map(|_after| number)
    });
    let answers = at_once(commits);
    let winners: Vec<u64> =
        answers.iter().filter_map(|answer| answer.as_ref().ok().copied()).collect();
    let [winner] = winners[..] else { panic!("{answers:?}") };
    assert_eq!(fixture.new_password(service), Some(hash(winner)));
    for lost in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert!(matches!(lost, CommitError::Taken | CommitError::Superseded), "{lost:?}");
    }
    assert_eq!(resumed(service, LEASE_OVER), 1);
}
