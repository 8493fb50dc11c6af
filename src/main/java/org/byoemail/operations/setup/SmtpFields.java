package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import org.byoemail.account.registry.ServerSettings;
import org.jspecify.annotations.Nullable;

/** The SMTP server of an account, in requests and files. */
@Schema(name = "SmtpRequest")
public record SmtpFields(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String host,
    @Nullable Integer port,
    @Nullable @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
    @Nullable @Schema(allowableValues = {"none", "plain", "login", "oauth2"}) String auth,
    @Nullable String username,
    @Nullable @Schema(accessMode = Schema.AccessMode.WRITE_ONLY) String password) {

  /** Creates the fields without the password, which is never shown. Null for none. */
  public static @Nullable SmtpFields of(@Nullable ServerSettings server) {
    return server == null
        ? null
        : new SmtpFields(
            server.host(),
            server.port(),
            server.security().word(),
            server.auth().word(),
            server.username(),
            null);
  }

  /** A copy without the password. */
  public SmtpFields withoutPassword() {
    return new SmtpFields(host, port, security, auth, username, null);
  }

  /** Converts the fields to a draft. */
  public ServerDraft draft() {
    return new ServerDraft(host, port, security, auth, username, password);
  }

  @Override
  public String toString() {
    return "Smtp[" + host + "]";
  }
}
