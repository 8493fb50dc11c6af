package org.byoemail.platform.access;

/**
 * What an authenticator app needs to know: secrets, which are shown until it is confirmed.
 *
 * @param secret in Base32, in groups of four
 * @param uri of a link that opens the app
 * @param qrCode the URI as a QR code
 */
public record TotpEnrolment(String secret, String uri, QrCode qrCode) {
  @Override
  public String toString() {
    return "TotpEnrolment";
  }
}
