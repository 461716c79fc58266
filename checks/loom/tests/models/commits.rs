//! The way from a link to a new password, and what is owed then.

use core::slice;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;

use pollster::block_on;
use repass::accounts::Accounts;
use repass::reset::{Change, Delivery, Outcome};
use repass::service::CommitError;
use repass::store::ResetStore;

use crate::fixture::{Fixture, Memory, shown};
use crate::world::at;
use crate::{at_once, in_every_order};

/// Until a commit that began at 2 counts as crashed.
const LEASE_OVER: i64 = 62;

#[test]
fn of_three_commits_with_one_link_one_wins() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::EmailLink);
    let admitted = fixture.admitted(&link, link.row.clone(), 1);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        let changes = [1, 2, 3].map(|number| fixture.change(&admitted, number));
        assert_one_wins(&fixture, &service, changes);
    });
}

#[test]
fn of_two_commits_with_two_links_one_wins() {
    let mut fixture = Fixture::new();
    let links = [(); 2].map(|()| fixture.attempt(Delivery::EmailLink));
    let admitted = links.clone().map(|link| fixture.admitted(&link, link.row.clone(), 1));
    in_every_order(move || {
        let service = fixture.service(&links);
        let changes = [0, 1].map(|number| fixture.change(&admitted[number], number as u64));
        assert_one_wins(&fixture, &service, changes);
    });
}

/// Each of them from the link to the notice.
#[test]
fn of_two_who_use_one_link_one_changes_the_password() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::EmailLink);
    let fixture = Arc::new(fixture);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        let users = [1, 2].map(|number| {
            let (fixture, service, link) = (Arc::clone(&fixture), service.clone(), link.clone());
            move || {
                let admitted = shown(&service, &link, 1)?;
                let change = fixture.change(&admitted, number);
                let hash = change.write().new_hash().clone();
                let after =
                    block_on(service.commit(change, at(2))).map_err(|error| error.code())?;
                block_on(service.settle(&after)).unwrap();
                Ok(hash)
            }
        });
        let answers = at_once(users);
        let mut winners = answers.iter().filter_map(|answer| answer.as_ref().ok());
        assert_eq!(fixture.new_password(&service).as_ref(), winners.next());
        assert!(fixture.new_password(&service).is_some() && winners.next().is_none());
        let refusals = ["commit_taken", "reset_running", "reset_superseded", "reset_used"].map(Err);
        assert!(answers.iter().all(|answer| answer.is_ok() || refusals.contains(answer)));
        assert_eq!(block_on(service.owed(at(LEASE_OVER))).unwrap().len(), 0);
        assert!(service.notifier().take_notice().is_some());
        assert!(service.notifier().take_notice().is_none());
    });
}

/// A request neither stops a commit nor makes a link that outlives it, unless it came after.
#[test]
fn a_request_that_meets_a_commit_leaves_it_alone_and_ends_with_it() {
    let mut fixture = Fixture::new();
    let [link, other] = [(); 2].map(|()| fixture.attempt(Delivery::EmailLink));
    let admitted = fixture.admitted(&link, link.row.clone(), 1);
    let seen = Arc::new([const { AtomicBool::new(false) }; 2]);
    let noted = Arc::clone(&seen);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        let change = fixture.change(&admitted, 1);
        let (running, request) = (service.clone(), Arc::clone(&other.request));
        let requested = loom::thread::spawn(move || block_on(running.run(&request, at(2))));
        let _after = block_on(service.commit(change, at(2))).unwrap();
        assert_eq!(requested.join().unwrap().unwrap().disclose(), Outcome::Sent);
        let new = fixture.new_password(&service).unwrap();
        match shown(&service, &other, 3) {
            Ok(admitted) => {
                assert_eq!(admitted.account().password(), Some(&new));
                noted[0].store(true, Relaxed);
            }
            Err(code) => {
                assert_eq!(code, "reset_superseded");
                noted[1].store(true, Relaxed);
            }
        }
    });
    assert!(seen.iter().all(|outcome| outcome.load(Relaxed)), "one of both never comes about");
}

/// The first commit stalls before *set*, crashes after it, and meets the owner's retry.
#[test]
fn a_commit_that_is_taken_over_stays_owed() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::EmailLink);
    let first = fixture.admitted(&link, link.row.clone(), 1);
    let begun = fixture.flow.begin(&fixture.change(&first, 1), at(2)).unwrap();
    let retry = fixture.admitted(&link, begun.running().clone(), LEASE_OVER);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&link));
        assert!(block_on(service.store().swap(&link.row, begun.running())).unwrap());
        let (stalled, change) = (service.clone(), fixture.change(&first, 1));
        let stalled = loom::thread::spawn(move || {
            block_on(stalled.accounts().set_password(change.write())).unwrap()
        });
        let retried = block_on(service.commit(fixture.change(&retry, 2), at(LEASE_OVER)));
        assert_ne!(stalled.join().unwrap(), retried.is_ok());
        assert_eq!(block_on(service.owed(at(2 * LEASE_OVER))).unwrap().len(), 1);
    });
}

/// A commit at the last moment of its link meets a purge after it, and whoever does what is owed.
#[test]
fn a_purge_takes_nothing_that_is_owed() {
    let mut fixture = Fixture::new();
    let link = fixture.attempt(Delivery::EmailLink);
    let expires_at = i64::try_from(fixture.flow.link_life().as_secs()).unwrap();
    let admitted = fixture.admitted(&link, link.row.clone(), expires_at - 1);
    in_every_order(move || {
        let later = at(expires_at + LEASE_OVER);
        let service = fixture.service(slice::from_ref(&link));
        let cleaner = service.clone();
        let cleaner = loom::thread::spawn(move || block_on(cleaner.store().purge(later)).unwrap());
        let worker = service.clone();
        let worker = loom::thread::spawn(move || {
            for owed in block_on(worker.owed(later)).unwrap() {
                block_on(worker.settle(&owed)).unwrap();
            }
        });
        let committed = block_on(service.commit(fixture.change(&admitted, 1), at(expires_at - 1)));
        let purged = cleaner.join().unwrap();
        worker.join().unwrap();
        let owed = block_on(service.owed(later)).unwrap().len();
        let told = service.notifier().take_notice().is_some();
        match committed {
            Ok(_after) => assert!(fixture.new_password(&service).is_some() && (told || owed == 1)),
            Err(error) => {
                assert!(matches!(error, CommitError::Taken), "{error:?}");
                assert_eq!((fixture.new_password(&service), purged), (None, 1));
            }
        }
    });
}

/// Commits at once, of which one sets its password, for which something is owed then.
fn assert_one_wins<const N: usize>(fixture: &Fixture, service: &Memory, changes: [Change; N]) {
    let commits = changes.map(|change| {
        let service = service.clone();
        move || {
            let hash = change.write().new_hash().clone();
            block_on(service.commit(change, at(2))).map(|_after| hash)
        }
    });
    let answers = at_once(commits);
    let mut winners = answers.iter().filter_map(|answer| answer.as_ref().ok());
    assert_eq!(fixture.new_password(service).as_ref(), winners.next());
    assert!(fixture.new_password(service).is_some() && winners.next().is_none());
    for lost in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert!(matches!(lost, CommitError::Taken | CommitError::Superseded), "{lost:?}");
    }
    assert_eq!(block_on(service.owed(at(LEASE_OVER))).unwrap().len(), 1);
}
