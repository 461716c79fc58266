//! The fixtures of the conformance suites, for every database that sqlx drives here.

/// What a test of one database needs: `$fixture` has a method `stores`, which opens two handles on one new
/// store, and `$begin` opens a transaction that can write.
macro_rules! fixtures {
    ($fixture:ty, $driver:ty, $begin:literal) => {
        type Answer<T> = core::result::Result<T, repass::port::PortError>;

        impl repass::conformance::Runtime for $fixture {
            async fn at_once<T: Send + 'static>(
                &self,
                calls: Vec<repass::conformance::Call<T>>,
            ) -> Vec<T> {
                let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
                let mut answers = Vec::new();
                for task in tasks {
                    answers.extend(task.await.ok());
                }
                answers
            }
        }

        impl repass::conformance::attempts::Fixture for $fixture {
            type Port = Store<$driver>;

            async fn open(&self) -> Answer<[Store<$driver>; 2]> {
                self.stores().await
            }
        }

        impl repass::conformance::counters::Fixture for $fixture {
            type Port = Store<$driver>;

            async fn open(&self) -> Answer<[Store<$driver>; 2]> {
                self.stores().await
            }

            async fn rolled_back(
                &self,
                counters: &Store<$driver>,
                call: repass::conformance::Call<Answer<repass::throttle::Counted>>,
            ) -> Answer<repass::conformance::Hooked<repass::throttle::Counted>> {
                let transaction = counters.driver().pool().begin().await?;
                let counted = call.await?;
                transaction.rollback().await?;
                Ok(repass::conformance::Hooked::Done(counted))
            }
        }

        impl repass::conformance::queue::Fixture for $fixture {
            type Port = Store<$driver>;

            async fn open(&self) -> Answer<[Store<$driver>; 2]> {
                self.stores().await
            }

            async fn open_small(&self) -> Answer<Option<[Store<$driver>; 2]>> {
                Ok(Some(self.stores().await?.map(|store| store.with_max_requests(20))))
            }
        }

        impl repass::conformance::accounts::Fixture for $fixture {
            type Port = SimpleAccounts<$driver>;

            async fn open(&self) -> Answer<[SimpleAccounts<$driver>; 2]> {
                let accounts = self.stores().await?.map(|store| store.accounts());
                accounts[0].migrate().await?;
                Ok(accounts)
            }

            fn lacks(&self) -> &[repass::conformance::accounts::Capability] {
                use repass::conformance::accounts::Capability;
                &[Capability::Phone, Capability::Field]
            }

            async fn put(
                &self,
                accounts: &SimpleAccounts<$driver>,
                account: &repass::account::Account,
            ) -> Answer<()> {
                accounts.put(account).await
            }

            fn change(
                &self,
                accounts: alloc::sync::Arc<SimpleAccounts<$driver>>,
                account: repass::account::Account,
            ) -> Option<repass::conformance::Call<Answer<repass::account::Account>>> {
                Some(Box::pin(async move {
                    loop {
                        // As a service does at such an isolation level.
                        match change_once(&accounts, &account).await {
                            Err(sqlx::Error::Database(error))
                                if error.code().as_deref() == Some("40001") => {}
                            changed => break Ok(changed?),
                        }
                    }
                }))
            }

            async fn add_unreadable_address(
                &self,
                accounts: &SimpleAccounts<$driver>,
                id: &repass::account::AccountId,
            ) -> Answer<repass::conformance::Hooked> {
                let [_, emails] = tables(accounts);
                let insert =
                    format!("INSERT INTO {emails} VALUES ('x', $1, 9, 'none', 'verified')");
                execute_in(accounts, $begin, insert, vec![id.as_str().to_owned()]).await
            }

            async fn set_unreadable_password(
                &self,
                accounts: &SimpleAccounts<$driver>,
                id: &repass::account::AccountId,
                text: &str,
            ) -> Answer<repass::conformance::Hooked> {
                let [table, _] = tables(accounts);
                let update = format!("UPDATE {table} SET password = $2 WHERE id = $1");
                let values = vec![id.as_str().to_owned(), text.to_owned()];
                execute_in(accounts, $begin, update, values).await
            }
        }

        /// Replaces the contacts of an account in a transaction of the service.
        async fn change_once(
            accounts: &SimpleAccounts<$driver>,
            account: &repass::account::Account,
        ) -> core::result::Result<repass::account::Account, sqlx::Error> {
            let [table, emails] = tables(accounts);
            let mut transaction = accounts.driver().pool().begin_with($begin).await?;
            let raise = format!(
                "UPDATE {table} SET version = version + 1 WHERE id = $1
                RETURNING password, version, epoch"
            );
            let id = account.id().as_str();
            let (password, version, epoch): (Option<String>, i64, i64) =
                sqlx::query_as(sqlx::AssertSqlSafe(raise))
                    .persistent(false)
                    .bind(id)
                    .fetch_one(&mut *transaction)
                    .await?;
            let delete = format!("DELETE FROM {emails} WHERE account = $1");
            sqlx::query(sqlx::AssertSqlSafe(delete))
                .persistent(false)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            for (position, email) in (0_i64..).zip(account.emails()) {
                let insert = format!(
                    "INSERT INTO {emails} (canonical, account, position, address, state)
                    VALUES ($1, $2, $3, $4, $5)"
                );
                sqlx::query(sqlx::AssertSqlSafe(insert))
                    .persistent(false)
                    .bind(email.address().canonical())
                    .bind(id)
                    .bind(position)
                    .bind(email.address().as_str())
                    .bind(if email.is_verified() { "verified" } else { "unverified" })
                    .execute(&mut *transaction)
                    .await?;
            }
            // The write meets the open transaction.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            transaction.commit().await?;
            let number = |column: i64| u64::try_from(column).unwrap_or(0);
            let account = account.clone().with_version(number(version)).with_epoch(number(epoch));
            Ok(match password {
                Some(text) => {
                    account.with_password(repass::secret::PasswordHash::from_column(&text))
                }
                None => account,
            })
        }

        fn tables(accounts: &SimpleAccounts<$driver>) -> [String; 2] {
            let dialect = <$driver as repass_sqlx::repass_sql::Driver>::DIALECT;
            ["account", "account_email"]
                .map(|name| accounts.statements().names.table(dialect, name))
        }

        async fn execute_in(
            accounts: &SimpleAccounts<$driver>,
            begin: &'static str,
            sql: String,
            values: Vec<String>,
        ) -> Answer<repass::conformance::Hooked> {
            let mut transaction = accounts.driver().pool().begin_with(begin).await?;
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false);
            for value in values {
                query = query.bind(value);
            }
            query.execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(repass::conformance::Hooked::Done(()))
        }
    };
}

pub(crate) use fixtures;
