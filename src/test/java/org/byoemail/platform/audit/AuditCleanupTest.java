package org.byoemail.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class AuditCleanupTest extends WebTest {
  @Autowired private AuditCleanup cleanup;

  @Test
  void entriesAreDeletedOnceTheyWereKeptLongEnough() {
    String ours = fresh("ours");
    jdbc.sql(
            """
            INSERT INTO audit_entry (id, at, organization, actor, actor_name, action, details)
            SELECT gen_random_uuid(), statement_timestamp() - n * interval '1 day', :organization, 'gateway', 'gateway',
              'account.changed', '{}'
            FROM generate_series(390, 409) AS n, generate_series(1, 150)
            """)
        .param("organization", ours)
        .update();

    cleanup.tidy();

    assertThat(
            jdbc.sql(
                    """
                    SELECT count(*) FILTER (WHERE at < statement_timestamp() - interval '400 days') || ' of ' || count(*)
                    FROM audit_entry WHERE organization = :organization
                    """)
                .param("organization", ours)
                .query(String.class)
                .single())
        .isEqualTo("0 of 1500");
  }

  @Test
  void entriesAreKeptForTwoDaysAtLeast() {
    assertThatThrownBy(() -> new AuditSettings(Duration.ofHours(47)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("byo.audit.keep");
  }
}
