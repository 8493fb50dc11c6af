package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.SchemaProperty;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.submission.Uploads;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Files: uploaded to be sent, or part of a message. */
@RestController
@RequestMapping("/api/v1/attachments")
@Tag(name = "attachments")
class AttachmentsController {
  private final Uploads uploads;
  private final Attachments attachments;
  private final ContentStore content;
  private final Messages messages;

  AttachmentsController(
      Uploads uploads, Attachments attachments, ContentStore content, Messages messages) {
    this.messages = messages;
    this.uploads = uploads;
    this.attachments = attachments;
    this.content = content;
  }

  /** Describes the two ways to upload a file. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
            schemaProperties =
                @SchemaProperty(
                    name = "file",
                    schema = @Schema(type = "string", format = "binary"))),
        @Content(
            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
            schema = @Schema(type = "string", format = "binary"))
      })
  private @interface UploadBody {}

  @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "uploadAttachment",
      summary = "Upload a file",
      description = "Uploads a file as the part `file` of a form.")
  @UploadBody
  AttachmentResponse upload(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable MultipartFile file,
      @RequestParam(required = false) @Nullable String name,
      @RequestParam(required = false) @Nullable String organization)
      throws IOException {
    if (file == null) {
      throw new FieldsRefused("file", "is required");
    }
    try (InputStream bytes = file.getInputStream()) {
      return store(
          caller,
          organization,
          name == null ? file.getOriginalFilename() : name,
          file.getContentType(),
          bytes);
    }
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "uploadAttachment",
      summary = "Upload a file",
      description = "Uploads a file as the body itself, with its Content-Type.")
  @UploadBody
  AttachmentResponse upload(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String name,
      @RequestHeader(value = "Content-Type", required = false) @Nullable String contentType,
      @RequestParam(required = false) @Nullable String organization,
      InputStream body) {
    return store(caller, organization, name, contentType, body);
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "downloadAttachment",
      summary = "Download a file",
      description = "Downloads a file.")
  @ApiResponse(
      responseCode = "200",
      description = "The file.",
      content = @Content(mediaType = "*/*", schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<Resource> download(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    Attachment file =
        attachments
            .find(id)
            .filter(found -> caller.sees(found.organization()))
            .filter(found -> isWithin(caller, found))
            .orElseThrow(() -> new ResourceNotFound("attachment"));
    if (file.sha256() == null) {
      throw new ResourceNotFound("content: the attachment was not kept (" + file.rejected() + ")");
    }
    return Downloads.answer(
        file.name(), file.contentType(), file.size(), content.open(file.sha256()));
  }

  /** An upload belongs to the organisation, until it is part of a message. */
  private boolean isWithin(Caller caller, Attachment file) {
    return caller.scope() == null
        || file.message() != null && messages.isWithin(caller.scope(), file.message());
  }

  private AttachmentResponse store(
      Caller caller,
      @Nullable String organization,
      @Nullable String name,
      @Nullable String contentType,
      InputStream bytes) {
    if (name == null || name.isBlank()) {
      throw new FieldsRefused("name", "is required");
    }
    return AttachmentResponse.of(
        uploads.store(
            RequestParams.organizationOrDefault(caller, organization), name, contentType, bytes));
  }
}
