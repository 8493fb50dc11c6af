package org.byoemail.platform.access;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutableCredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCose;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.management.PublicKeyCredentialUserEntityRepository;
import org.springframework.security.web.webauthn.management.UserCredentialRepository;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Passkeys and their owners, as Spring Security asks for them. An owner is a person; the handle
 * that authenticators keep is the person's id, which says nothing else. Thread-safe.
 */
@Repository
class PasskeyRepository implements UserCredentialRepository {
  private final JdbcClient jdbc;
  private final People people;

  PasskeyRepository(JdbcClient jdbc, People people) {
    this.jdbc = jdbc;
    this.people = people;
  }

  static Bytes handle(UUID person) {
    return new Bytes(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(person.getMostSignificantBits())
            .putLong(person.getLeastSignificantBits())
            .array());
  }

  /**
   * The person of a handle.
   *
   * @throws IllegalArgumentException if it has another length
   */
  static UUID person(Bytes handle) {
    byte[] bytes = handle.getBytes();
    if (bytes.length != 2 * Long.BYTES) {
      throw new IllegalArgumentException("not a handle of a person");
    }
    ByteBuffer both = ByteBuffer.wrap(bytes);
    return new UUID(both.getLong(), both.getLong());
  }

  static PublicKeyCredentialUserEntity entity(Person person) {
    return ImmutablePublicKeyCredentialUserEntity.builder()
        .id(handle(person.id()))
        .name(person.email())
        .displayName(person.name())
        .build();
  }

  /** Adds a passkey, or notes the use of one. */
  @Override
  public void save(CredentialRecord record) {
    int known =
        jdbc.sql(
                """
                UPDATE passkey SET signature_count = :count, backup_state = :backup,
                  last_used_at = statement_timestamp()
                WHERE credential_id = :credential
                """)
            .param("credential", record.getCredentialId().getBytes())
            .param("count", record.getSignatureCount())
            .param("backup", record.isBackupState())
            .update();
    if (known > 0) {
      return;
    }
    Bytes attestation = record.getAttestationObject();
    jdbc.sql(
            """
            INSERT INTO passkey (id, person_id, credential_id, name, public_key, signature_count, backup_eligible,
              backup_state, transports, attestation_object, created_at)
            VALUES (:id, :person, :credential, :name, :key, :count, :eligible, :backup, :transports, :attestation,
              statement_timestamp())
            """)
        .param("id", Ids.next())
        .param("person", person(record.getUserEntityUserId()))
        .param("credential", record.getCredentialId().getBytes())
        .param("name", record.getLabel())
        .param("key", record.getPublicKey().getBytes())
        .param("count", record.getSignatureCount())
        .param("eligible", record.isBackupEligible())
        .param("backup", record.isBackupState())
        .param(
            "transports",
            record.getTransports().stream()
                .map(AuthenticatorTransport::getValue)
                .toArray(String[]::new))
        .param("attestation", attestation == null ? new byte[0] : attestation.getBytes())
        .update();
  }

  @Override
  public void delete(Bytes credential) {
    jdbc.sql("DELETE FROM passkey WHERE credential_id = :credential")
        .param("credential", credential.getBytes())
        .update();
  }

  @Override
  public @Nullable CredentialRecord findByCredentialId(Bytes credential) {
    return jdbc.sql("SELECT * FROM passkey WHERE credential_id = :credential")
        .param("credential", credential.getBytes())
        .query(PasskeyRepository::read)
        .optional()
        .orElse(null);
  }

  @Override
  public List<CredentialRecord> findByUserId(Bytes handle) {
    return jdbc.sql("SELECT * FROM passkey WHERE person_id = :person ORDER BY id")
        .param("person", person(handle))
        .query(PasskeyRepository::read)
        .list();
  }

  List<Passkey> list(UUID person) {
    return jdbc.sql("SELECT * FROM passkey WHERE person_id = :person ORDER BY id")
        .param("person", person)
        .query(
            (row, number) ->
                new Passkey(
                    row.getObject("id", UUID.class),
                    row.getString("name"),
                    row.getBoolean("backup_state"),
                    row.getTimestamp("created_at").toInstant(),
                    SqlTimestamps.read(row, "last_used_at")))
        .list();
  }

  boolean remove(UUID person, UUID id) {
    return jdbc.sql("DELETE FROM passkey WHERE id = :id AND person_id = :person")
            .param("id", id)
            .param("person", person)
            .update()
        == 1;
  }

  private static CredentialRecord read(ResultSet row, int number) throws SQLException {
    List<String> transports = List.of((String[]) row.getArray("transports").getArray());
    return ImmutableCredentialRecord.builder()
        .credentialType(PublicKeyCredentialType.PUBLIC_KEY)
        .credentialId(new Bytes(row.getBytes("credential_id")))
        .userEntityUserId(handle(row.getObject("person_id", UUID.class)))
        .publicKey(new ImmutablePublicKeyCose(row.getBytes("public_key")))
        .signatureCount(row.getLong("signature_count"))
        // Registration requires it.
        .uvInitialized(true)
        .backupEligible(row.getBoolean("backup_eligible"))
        .backupState(row.getBoolean("backup_state"))
        .transports(new LinkedHashSet<>(PasskeyAnswer.known(transports)))
        .attestationObject(new Bytes(row.getBytes("attestation_object")))
        .created(row.getTimestamp("created_at").toInstant())
        .label(row.getString("name"))
        .build();
  }

  /** Marks a challenge as answered: true once, on whatever node. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean use(String challenge) {
    jdbc.sql("DELETE FROM passkey_challenge WHERE expires_at <= statement_timestamp()").update();
    return jdbc.sql(
                """
                INSERT INTO passkey_challenge (sha256, expires_at)
                VALUES (:sha256, statement_timestamp() + make_interval(secs => :kept))
                ON CONFLICT DO NOTHING
                """)
            .param("sha256", Tokens.sha256(challenge))
            // Longer than any node may take the challenge for valid, if clocks differ.
            .param("kept", PasskeyChallenges.VALID.multipliedBy(2).toSeconds())
            .update()
        == 1;
  }

  /** The owners of passkeys. People are created elsewhere. */
  PublicKeyCredentialUserEntityRepository owners() {
    return new PublicKeyCredentialUserEntityRepository() {
      @Override
      public @Nullable PublicKeyCredentialUserEntity findById(Bytes handle) {
        return people.find(null, person(handle)).map(PasskeyRepository::entity).orElse(null);
      }

      @Override
      public @Nullable PublicKeyCredentialUserEntity findByUsername(String name) {
        Optional<People.Login> login = people.login(name);
        return login.map(one -> entity(one.person())).orElse(null);
      }

      @Override
      public void save(PublicKeyCredentialUserEntity entity) {
        throw new UnsupportedOperationException("people are created by admins");
      }

      @Override
      public void delete(Bytes handle) {
        throw new UnsupportedOperationException("people are deleted by admins");
      }
    };
  }
}
