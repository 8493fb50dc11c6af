package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.Erasure;
import org.byoemail.operations.retention.Erasures;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Erases the personal data of a person. */
@RestController
@RequestMapping("/api/v1/erasures")
@Tag(name = "erasures")
class ErasuresController {
  private final Erasures erasures;

  ErasuresController(Erasures erasures) {
    this.erasures = erasures;
  }

  /** The address whose data is erased. */
  @Schema(name = "ErasureRequest")
  record ErasureRequest(
      @Nullable String organization,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address) {}

  /**
   * The progress of an erasure.
   *
   * @param addressSha256 SHA-256 of the address in lower case, in hexadecimal
   */
  @Schema(name = "Erasure")
  record ErasureResponse(
      UUID id,
      String organization,
      String addressSha256,
      String stage,
      Instant requestedAt,
      @Nullable Instant finishedAt,
      int messages,
      int beingSent,
      int mails,
      int bounces,
      int events,
      int suppressions,
      int rejected,
      int drafts) {

    static ErasureResponse of(Erasure erasure) {
      return new ErasureResponse(
          erasure.id(),
          erasure.organization().value(),
          erasure.addressSha256(),
          erasure.stage(),
          erasure.requestedAt(),
          erasure.finishedAt(),
          erasure.messages(),
          erasure.beingSent(),
          erasure.mails(),
          erasure.bounces(),
          erasure.events(),
          erasure.suppressions(),
          erasure.rejected(),
          erasure.drafts());
    }
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "createErasure",
      summary = "Erase what is stored about an address",
      description =
          "Permanently deletes what an organization stores about an address: messages that it sent"
              + " or received, with files and raw mail, events, bounces, its suppression,"
              + " rejected submissions and drafts. Mail that waits to be sent to it is cancelled. Runs in the"
              + " background; get the report by its id.")
  ErasureResponse post(
      @AuthenticationPrincipal Caller caller, @RequestBody ErasureRequest request) {
    OrganizationId organization = RequestParams.organization(caller, request.organization());
    if (organization == null) {
      throw new FieldsRefused("organization", "must be named by a key of all organizations");
    }
    UUID id = erasures.request(organization, AddressField.read(request.address()));
    return ErasureResponse.of(erasures.find(id).orElseThrow());
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getErasure",
      summary = "Get the progress of an erasure",
      description = "What was erased so far; `finishedAt` is set once the erasure is complete.")
  ErasureResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return erasures
        .find(id)
        .filter(erasure -> caller.sees(erasure.organization()))
        .map(ErasureResponse::of)
        .orElseThrow(() -> new ResourceNotFound("erasure"));
  }
}
