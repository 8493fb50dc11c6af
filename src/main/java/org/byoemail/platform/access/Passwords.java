package org.byoemail.platform.access;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Checks and hashes passwords of people: with bcrypt at present; the hash names the method, so that
 * it can be replaced later. Thread-safe.
 */
@Component
public class Passwords {
  /** The maximum that bcrypt accepts. */
  static final int MAX_BYTES = 72;

  private final PasswordEncoder encoder;

  /** Compared where there is no hash, so that timing does not reveal who has a password. */
  private final String nobodys;

  private final PeopleSettings settings;

  @Autowired
  Passwords(PeopleSettings settings) {
    this(settings, PasswordEncoderFactories.createDelegatingPasswordEncoder());
  }

  Passwords(PeopleSettings settings, PasswordEncoder encoder) {
    this.settings = settings;
    this.encoder = encoder;
    this.nobodys = encoder.encode(Tokens.hex(16));
  }

  /** The minimum number of characters of a password. */
  public int minLength() {
    return settings.minPasswordLength();
  }

  /**
   * Why a password cannot be used, as the end of a sentence that begins with its field; empty if it
   * can.
   */
  public Optional<String> problem(@Nullable String password, String email, String name) {
    String given = password == null ? "" : password;
    if (given.codePointCount(0, given.length()) < settings.minPasswordLength()) {
      return Optional.of("must have at least " + settings.minPasswordLength() + " characters");
    }
    if (given.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return Optional.of("must have at most " + MAX_BYTES + " bytes");
    }
    String lower = given.strip().toLowerCase(Locale.ROOT);
    if (lower.equals(email)
        || lower.equals(name.toLowerCase(Locale.ROOT))
        || given.codePoints().distinct().count() < 4) {
      return Optional.of("is too easy to guess");
    }
    return Optional.empty();
  }

  /** Hashes a password, which takes about a tenth of a second: not while a transaction is open. */
  public PasswordHash hash(String password) {
    return new PasswordHash(encoder.encode(password));
  }

  /**
   * Whether a password is the right one; takes as long if there is none.
   *
   * @param hash null: there is no password, so none is right
   */
  boolean matches(@Nullable String password, @Nullable String hash) {
    String given = password == null ? "" : password;
    boolean fits = given.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    boolean right = encoder.matches(fits ? given : "", hash == null ? nobodys : hash);
    return right && fits && hash != null;
  }
}
