package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.web.webauthn.api.AttestationConveyancePreference;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialParameters;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.management.ImmutableRelyingPartyRegistrationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyAuthenticationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyPublicKey;
import org.springframework.security.web.webauthn.management.WebAuthnRelyingPartyOperations;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Registers passkeys and logs in with them. Spring Security verifies them; user verification (a
 * PIN, a finger, a face) is required, so that a passkey is two factors. Relying party and origin
 * come from the public address, never from a header. Thread-safe.
 */
@Component
public class Passkeys {
  private static final Logger log = LoggerFactory.getLogger(Passkeys.class);
  private static final String NAME = "BYO Email";
  private static final int MAX_OF_PERSON = 20;
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");
  private static final List<PublicKeyCredentialParameters> ALGORITHMS =
      List.of(
          PublicKeyCredentialParameters.EdDSA,
          PublicKeyCredentialParameters.ES256,
          PublicKeyCredentialParameters.RS256);

  private final PasskeyRepository rows;
  private final PasskeyChallenges challenges;
  private final SecondFactors factors;
  private final People people;
  private final TransactionTemplate transactions;
  private final @Nullable URI origin;
  private final @Nullable WebAuthnRelyingPartyOperations operations;

  Passkeys(
      PasskeyRepository rows,
      PasskeyChallenges challenges,
      SecondFactors factors,
      People people,
      PublicUrl url,
      TransactionTemplate transactions) {
    this.rows = rows;
    this.challenges = challenges;
    this.factors = factors;
    this.people = people;
    this.transactions = transactions;
    this.origin =
        url.of("/")
            .map(URI::create)
            .filter(one -> !ADDRESS.matcher(one.getHost()).matches())
            .orElse(null);
    this.operations =
        origin == null
            ? null
            : new Webauthn4JRelyingPartyOperations(
                rows.owners(),
                rows,
                party(),
                Set.of(origin.getScheme() + "://" + origin.getRawAuthority()));
  }

  private PublicKeyCredentialRpEntity party() {
    return PublicKeyCredentialRpEntity.builder().id(host()).name(NAME).build();
  }

  private String host() {
    return Objects.requireNonNull(origin).getHost();
  }

  /** Why passkeys cannot be used; empty: they can. */
  public Optional<String> unavailableReason() {
    if (factors.mode() == SecondFactorMode.OFF) {
      return Optional.of("Passkeys are off: byo.people.second-factor is off.");
    }
    return operations == null
        ? Optional.of(
            "Passkeys are off: they need BYO_PUBLIC_URL with a name, such as https://mail.example.com.")
        : Optional.empty();
  }

  /** The passkeys of a person, in order of registration. */
  public List<Passkey> list(UUID person) {
    return rows.list(person);
  }

  /**
   * Begins a registration: what the browser's script needs to know.
   *
   * @throws PasskeyRefused if passkeys cannot be used, or the person has too many
   */
  public Map<String, Object> beginRegistration(
      Person person, HttpServletRequest request, HttpServletResponse response) {
    requireAvailable();
    List<CredentialRecord> known = rows.findByUserId(PasskeyRepository.handle(person.id()));
    if (known.size() >= MAX_OF_PERSON) {
      throw tooMany();
    }
    PublicKeyCredentialUserEntity user = PasskeyRepository.entity(person);
    return Map.of(
        "challenge", challenges.begin(person, request, response),
        "party", Map.of("id", host(), "name", NAME),
        "user",
            Map.of(
                "id", user.getId().toBase64UrlString(),
                "name", user.getName(),
                "displayName", String.valueOf(user.getDisplayName())),
        "algorithms", ALGORITHMS.stream().map(one -> one.getAlg().getValue()).toList(),
        "known", known.stream().map(one -> one.getCredentialId().toBase64UrlString()).toList(),
        "timeout", PasskeyChallenges.VALID.toMillis());
  }

  /**
   * Registers a passkey.
   *
   * @param name by which the person knows it
   * @return recovery codes, which are not shown again; empty: the person has some already
   * @throws PasskeyRefused if it cannot be verified
   */
  public List<String> register(
      Person person,
      PasskeyAnswer.Registration answer,
      String name,
      HttpServletRequest request,
      HttpServletResponse response) {
    WebAuthnRelyingPartyOperations party = requireAvailable();
    String challenge =
        challenges
            .take(person, request, response)
            .orElseThrow(
                () -> new PasskeyRefused("This took too long, or began elsewhere. Begin again."));
    try {
      return Objects.requireNonNull(
          transactions.execute(
              status -> {
                people.lock(null, person.id());
                verified(party, person, answer, name, challenge);
                if (!rows.use(challenge)) {
                  throw new PasskeyRefused("The passkey was registered before. Begin again.");
                }
                if (rows.list(person.id()).size() > MAX_OF_PERSON) {
                  throw tooMany();
                }
                return factors.addedPasskey(person.id());
              }));
    } catch (DuplicateKeyException e) {
      throw new PasskeyRefused("This passkey is registered already.");
    }
  }

  private static PasskeyRefused tooMany() {
    return new PasskeyRefused("You have " + MAX_OF_PERSON + " passkeys: remove one first.");
  }

  private void verified(
      WebAuthnRelyingPartyOperations party,
      Person person,
      PasskeyAnswer.Registration answer,
      String name,
      String challenge) {
    PublicKeyCredentialCreationOptions options =
        PublicKeyCredentialCreationOptions.builder()
            .rp(party())
            .user(PasskeyRepository.entity(person))
            .challenge(Bytes.fromBase64(challenge))
            .pubKeyCredParams(ALGORITHMS)
            .attestation(AttestationConveyancePreference.NONE)
            .authenticatorSelection(
                AuthenticatorSelectionCriteria.builder()
                    .userVerification(UserVerificationRequirement.REQUIRED)
                    .residentKey(ResidentKeyRequirement.REQUIRED)
                    .build())
            .build();
    try {
      PublicKeyCredential<AuthenticatorAttestationResponse> credential = answer.read();
      party.registerCredential(
          new ImmutableRelyingPartyRegistrationRequest(
              options, new RelyingPartyPublicKey(credential, name)));
    } catch (DataAccessException | TransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      // The libraries have no exception in common; what a browser sends may be anything.
      log.info("a passkey of person {} was refused: {}", person.id(), e.getClass().getSimpleName());
      log.debug("a passkey was refused", e);
      throw new PasskeyRefused(
          "The passkey cannot be used: it must ask for a PIN, a finger or the like.");
    }
  }

  /** Begins a login: what the browser's script needs to know. It reveals nothing about anyone. */
  Map<String, Object> beginLogin(HttpServletRequest request, HttpServletResponse response) {
    requireAvailable();
    return Map.of(
        "challenge", challenges.begin(null, request, response),
        "party", Map.of("id", host()),
        "timeout", PasskeyChallenges.VALID.toMillis());
  }

  /** The person whose passkey answered the challenge of this browser; empty: it cannot be used. */
  Optional<Person> logIn(
      PasskeyAnswer.Assertion answer, HttpServletRequest request, HttpServletResponse response) {
    Optional<String> challenge = challenges.take(null, request, response);
    if (unavailableReason().isPresent() || challenge.isEmpty()) {
      return Optional.empty();
    }
    WebAuthnRelyingPartyOperations party = requireAvailable();
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              Optional<Person> person = verified(party, answer, challenge.get());
              if (person.isEmpty() || !rows.use(challenge.get())) {
                status.setRollbackOnly();
                return Optional.empty();
              }
              return person;
            }));
  }

  private Optional<Person> verified(
      WebAuthnRelyingPartyOperations party, PasskeyAnswer.Assertion answer, String challenge) {
    try {
      PublicKeyCredential<AuthenticatorAssertionResponse> credential = answer.read();
      CredentialRecord known = rows.findByCredentialId(credential.getRawId());
      // Section 7.2 of WebAuthn, step 6: the handle must be the owner's.
      if (known == null
          || !known.getUserEntityUserId().equals(credential.getResponse().getUserHandle())) {
        return Optional.empty();
      }
      PublicKeyCredentialRequestOptions options =
          PublicKeyCredentialRequestOptions.builder()
              .rpId(host())
              .challenge(Bytes.fromBase64(challenge))
              .userVerification(UserVerificationRequirement.REQUIRED)
              .build();
      party.authenticate(new RelyingPartyAuthenticationRequest(options, credential));
      return people
          .find(null, PasskeyRepository.person(known.getUserEntityUserId()))
          .filter(person -> person.disabledAt() == null);
    } catch (DataAccessException | TransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      log.info("a login with a passkey was refused: {}", e.getClass().getSimpleName());
      log.debug("a login with a passkey was refused", e);
      return Optional.empty();
    }
  }

  /** Removes a passkey of a person; false: the person has none with this id. */
  public boolean remove(UUID person, UUID id) {
    return Boolean.TRUE.equals(
        transactions.execute(
            status -> {
              people.lock(null, person);
              boolean removed = rows.remove(person, id);
              if (removed) {
                factors.removedPasskey(person);
              }
              return removed;
            }));
  }

  private WebAuthnRelyingPartyOperations requireAvailable() {
    unavailableReason()
        .ifPresent(
            reason -> {
              throw new PasskeyRefused(reason);
            });
    return Objects.requireNonNull(operations);
  }
}
