package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;

/** Where an owner of a mailbox signs in to connect an account. */
@Schema(name = "Authorization")
record AuthorizationResponse(
    @Schema(description = "for the owner's browser; begins one sign-in") String url,
    @Schema(description = "seconds") long expiresIn) {

  @Override
  public String toString() {
    return "Authorization";
  }
}
