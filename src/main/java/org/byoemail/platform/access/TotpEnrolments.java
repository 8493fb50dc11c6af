package org.byoemail.platform.access;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.byoemail.format.mail.Base32;
import org.springframework.stereotype.Component;

/** The set-up of authenticator apps that wait to be confirmed, as pages show it. Thread-safe. */
@Component
public class TotpEnrolments {
  private static final String NAME = "BYO Email";

  private final SecondFactors factors;
  private final String issuer;

  TotpEnrolments(SecondFactors factors, PublicUrl url) {
    this.factors = factors;
    this.issuer = url.host().map(host -> NAME + " " + host).orElse(NAME);
  }

  /**
   * The app that waits to be confirmed in a session or login; empty: none does.
   *
   * @param begunIn as in {@link SecondFactors#begin}
   */
  public Optional<TotpEnrolment> begun(Person person, String begunIn) {
    return factors
        .begun(person.id(), begunIn)
        .map(
            secret -> {
              String uri = uri(issuer, person.email(), secret);
              return new TotpEnrolment(Base32.grouped(secret, " "), uri, QrCode.of(uri));
            });
  }

  /** The key URI that authenticator apps read. */
  static String uri(String issuer, String login, String secret) {
    return "otpauth://totp/"
        + encode(issuer)
        + ":"
        + encode(login)
        + "?secret="
        + secret
        + "&issuer="
        + encode(issuer)
        + "&algorithm=SHA1&digits="
        + Totp.DIGITS
        + "&period="
        + Totp.STEP_SECONDS;
  }

  // Apps do not read a plus as a space.
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
