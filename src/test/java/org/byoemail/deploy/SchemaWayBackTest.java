package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The statements of {@code docs/rollout.md} that remove everything of the gateway from a platform's
 * database. A migration that adds a table, or anything to a table of {@code V001}, adds to them.
 */
class SchemaWayBackTest {
  private static final Pattern STATEMENTS = Pattern.compile("(?s)```sql\n(.*?)```");

  private DriverManagerDataSource database;
  private JdbcClient jdbc;

  @Test
  void statementsOfTheDocumentLeaveThePlatformsTablesAsTheyWere() throws IOException {
    Map<String, String> settings = new HashMap<>();
    TestDatabase.registerEmpty(
        (name, value) -> settings.put(name, value.get().toString()), "way_back");
    database =
        new DriverManagerDataSource(
            settings.get("spring.datasource.url"),
            settings.get("spring.datasource.username"),
            settings.get("spring.datasource.password"));
    jdbc = JdbcClient.create(database);
    migrate(MigrationVersion.fromVersion("1"));
    for (String row : rows()) {
      jdbc.sql(row).update();
    }
    List<String> before = schema();

    migrate(MigrationVersion.LATEST);
    assertThat(schema()).hasSizeGreaterThan(2 * before.size());
    jdbc.sql(wayBack()).update();

    assertThat(schema()).containsExactlyElementsOf(before);
    assertThat(jdbc.sql("SELECT count(*) FROM message").query(Long.class).single()).isEqualTo(1);
    // And forward again, over the rows that stayed.
    migrate(MigrationVersion.LATEST);
  }

  private static String wayBack() throws IOException {
    Matcher statements = STATEMENTS.matcher(Files.readString(Path.of("docs/rollout.md")));
    assertThat(statements.find()).isTrue();
    return statements.group(1);
  }

  private void migrate(MigrationVersion target) {
    Flyway.configure()
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .dataSource(database)
        .target(target)
        .load()
        .migrate();
  }

  private static List<String> rows() {
    String id = "'00000000-0000-7000-8000-00000000000%d'";
    return List.of(
        "INSERT INTO agent (id, organization, name, created_at) VALUES (%s, 'o', 'Ada', now())"
            .formatted(id.formatted(1)),
        "INSERT INTO endpoint (id, address, owner_agent_id, created_at) VALUES (%s, 'ada@example.test', %s, now())"
            .formatted(id.formatted(2), id.formatted(1)),
        "INSERT INTO conversation (id, agent_id, subject, created_at, last_message_at) VALUES (%s, %s, 'Re: a', now(), now())"
            .formatted(id.formatted(3), id.formatted(1)),
        "INSERT INTO message (id, organization, conversation_id, endpoint_id, direction,"
            + " from_address, to_addresses, subject, created_at)"
            + " VALUES (%s, 'o', %s, %s, 'inbound', 'ben@else.test', '{ada@example.test}', 'Re: a', now())"
                .formatted(id.formatted(4), id.formatted(3), id.formatted(2)));
  }

  /** Columns, indexes, constraints, views, functions, triggers and storage options, one a line. */
  private List<String> schema() {
    return jdbc.sql(
            """
            SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                || ' ' || coalesce(column_default, '')
              FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'flyway_schema_history'
            UNION ALL
            SELECT 'index ' || indexdef FROM pg_indexes
              WHERE schemaname = 'public' AND tablename <> 'flyway_schema_history'
            UNION ALL
            SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
              AND conrelid <> 'flyway_schema_history'::regclass
            UNION ALL
            SELECT 'view ' || viewname FROM pg_views WHERE schemaname = 'public'
            UNION ALL
            SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL
            SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
            UNION ALL
            SELECT 'options ' || relname || ' ' || reloptions::text FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
            ORDER BY 1
            """)
        .query(String.class)
        .list();
  }
}
