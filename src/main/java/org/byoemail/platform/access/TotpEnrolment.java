package org.byoemail.platform.access;

/**
 * What an authenticator app needs to know: secrets, which are shown until it is confirmed.
 *
 * @param secret in Base32, in groups of four
 * @param uri for a link that opens the app
 * @param picture the same as a QR code
 */
public record TotpEnrolment(String secret, String uri, QrCode picture) {
  @Override
  public String toString() {
    return "TotpEnrolment";
  }
}
