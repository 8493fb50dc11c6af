package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.tomcat.util.http.fileupload.FileUploadException;
import org.apache.tomcat.util.http.fileupload.InvalidFileNameException;
import org.apache.tomcat.util.http.fileupload.MultipartStream;
import org.apache.tomcat.util.http.fileupload.impl.IOFileUploadException;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.oauth.OAuthFailed;
import org.byoemail.account.registry.AccountExists;
import org.byoemail.account.registry.EndpointTaken;
import org.byoemail.account.registry.StepRefused;
import org.byoemail.account.testmail.TooManyTestMails;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.inbound.ingest.InjectionRefused;
import org.byoemail.inbound.mailbox.BaselineFailed;
import org.byoemail.inbound.mailbox.MailboxTaken;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldReasons;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.delivery.ReviewConflict;
import org.byoemail.outbound.draft.DraftChanged;
import org.byoemail.outbound.outbox.ReviewForbidden;
import org.byoemail.outbound.submission.AttachmentTooLarge;
import org.byoemail.outbound.submission.ReadingBudget;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.platform.access.ClientTooSlow;
import org.byoemail.platform.access.ProblemCode;
import org.byoemail.platform.access.ProblemResponses;
import org.byoemail.platform.access.RequestPath;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponsesBusy;
import org.byoemail.platform.event.PositionRefused;
import org.byoemail.platform.hook.HookFailed;
import org.byoemail.platform.search.SearchesBusy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every error of the API with problem details (RFC 9457), and with {@code errors: [{field,
 * reason}]} for invalid fields. Reveals no internals; unexpected exceptions are logged. A request
 * outside the API gets the error page.
 */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {
  static final String HOOK_FAILED =
      "a hook of this gateway failed: submit it again, with the same id";

  private static final int RETRY_AFTER_SECONDS = 5;
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private static final Map<Class<?>, ProblemCode> CONFLICTS =
      Map.ofEntries(
          Map.entry(SubmissionConflict.class, ProblemCode.ID_REUSED),
          Map.entry(DeliveryConflict.class, ProblemCode.MESSAGE_STATE),
          Map.entry(ReviewConflict.class, ProblemCode.MESSAGE_STATE),
          Map.entry(AccountExists.class, ProblemCode.ADDRESS_TAKEN),
          Map.entry(EndpointTaken.class, ProblemCode.ADDRESS_TAKEN),
          Map.entry(MailboxTaken.class, ProblemCode.MAILBOX_TAKEN),
          Map.entry(StepRefused.class, ProblemCode.ACCOUNT_STATE),
          Map.entry(ConnectionFailed.class, ProblemCode.SERVER_FAILED),
          Map.entry(BaselineFailed.class, ProblemCode.SERVER_FAILED),
          Map.entry(OAuthFailed.class, ProblemCode.OAUTH_FAILED),
          Map.entry(DraftChanged.class, ProblemCode.VERSION_CONFLICT),
          Map.entry(CursorConflict.class, ProblemCode.CURSOR_CONFLICT));

  private final ProblemResponses problems;

  ProblemHandler(ProblemResponses problems) {
    this.problems = problems;
  }

  @ExceptionHandler(FieldsRefused.class)
  ResponseEntity<Object> refused(FieldsRefused e, WebRequest request) {
    return fields(e, e.problems(), request);
  }

  @ExceptionHandler(SubmissionRejected.class)
  ResponseEntity<Object> rejected(SubmissionRejected e, WebRequest request) {
    return fields(e, problems(e), request);
  }

  @ExceptionHandler(AttachmentTooLarge.class)
  ResponseEntity<Object> tooLarge(AttachmentTooLarge e, WebRequest request) {
    return answer(e, HttpStatus.PAYLOAD_TOO_LARGE, e.getMessage(), request);
  }

  @ExceptionHandler(MultipartException.class)
  @Nullable ResponseEntity<Object> multipart(MultipartException e, WebRequest request) {
    if (isAborted(e)) {
      return null;
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MultipartStream.MalformedStreamException
          || cause instanceof FileUploadException && !(cause instanceof IOFileUploadException)
          || cause instanceof InvalidFileNameException) {
        return answer(e, HttpStatus.BAD_REQUEST, "the body is no valid multipart form", request);
      }
    }
    return unexpected(e, request);
  }

  @ExceptionHandler(InvalidFileNameException.class)
  ResponseEntity<Object> fileName(InvalidFileNameException e, WebRequest request) {
    return fields(
        e, List.of(new FieldProblem("file", "has a NUL in its file name: rename it")), request);
  }

  @ExceptionHandler(PositionRefused.class)
  ResponseEntity<Object> positionRefused(PositionRefused e, WebRequest request) {
    if (e.reason() == PositionRefused.Reason.NEVER_GIVEN) {
      return fields(e, List.of(new FieldProblem("after", e.getMessage())), request);
    }
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.GONE, e.getMessage());
    problem.setProperty("firstPosition", e.position());
    return handleExceptionInternal(e, problem, new HttpHeaders(), HttpStatus.GONE, request);
  }

  @ExceptionHandler(ResourceNotFound.class)
  ResponseEntity<Object> notFound(ResourceNotFound e, WebRequest request) {
    return answer(e, HttpStatus.NOT_FOUND, e.getMessage(), request);
  }

  @ExceptionHandler(OrganizationForbidden.class)
  ResponseEntity<Object> forbidden(OrganizationForbidden e, WebRequest request) {
    return answer(e, ProblemCode.ORGANIZATION_FORBIDDEN, e.getMessage(), request);
  }

  @ExceptionHandler(InjectionRefused.class)
  ResponseEntity<Object> refused(InjectionRefused e, WebRequest request) {
    ProblemCode code =
        switch (e.reason()) {
          case NO_TEST_ORGANIZATION -> ProblemCode.NOT_A_TEST_ORGANIZATION;
          case NO_MAILBOX -> ProblemCode.ACCOUNT_STATE;
          case ID_REUSED -> ProblemCode.ID_REUSED;
        };
    return answer(e, code, e.getMessage(), request);
  }

  @ExceptionHandler(BindingForbidden.class)
  ResponseEntity<Object> forbidden(BindingForbidden e, WebRequest request) {
    return answer(e, ProblemCode.BINDING_FORBIDDEN, e.getMessage(), request);
  }

  @ExceptionHandler(ReviewForbidden.class)
  ResponseEntity<Object> forbidden(ReviewForbidden e, WebRequest request) {
    return answer(e, ProblemCode.PERMISSION_MISSING, e.getMessage(), request);
  }

  @ExceptionHandler(PermissionMissing.class)
  ResponseEntity<Object> forbidden(PermissionMissing e, WebRequest request) {
    return answer(e, ProblemCode.PERMISSION_MISSING, e.getMessage(), request);
  }

  @ExceptionHandler(OriginForbidden.class)
  ResponseEntity<Object> forbidden(OriginForbidden e, WebRequest request) {
    return answer(e, ProblemCode.ORIGIN_FORBIDDEN, e.getMessage(), request);
  }

  @ExceptionHandler({
    StateConflict.class,
    ConnectionFailed.class,
    BaselineFailed.class,
    OAuthFailed.class
  })
  ResponseEntity<Object> conflict(RuntimeException e, WebRequest request) {
    return answer(e, conflict(e.getClass()), e.getMessage(), request);
  }

  private static ProblemCode conflict(Class<?> type) {
    for (Class<?> known = type; known != null; known = known.getSuperclass()) {
      if (CONFLICTS.containsKey(known)) {
        return CONFLICTS.get(known);
      }
    }
    return ProblemCode.CONFLICT;
  }

  @ExceptionHandler(TooManyTests.class)
  ResponseEntity<Object> tooManyTests(TooManyTests e, WebRequest request) {
    HttpStatus status =
        e.isOfNode() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.TOO_MANY_REQUESTS;
    return retryLater(e, status, request);
  }

  @ExceptionHandler(TooManyStreams.class)
  ResponseEntity<Object> tooManyStreams(TooManyStreams e, WebRequest request) {
    HttpStatus status =
        e.isOfCaller() ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.SERVICE_UNAVAILABLE;
    return retryLater(e, status, request);
  }

  @ExceptionHandler(TooManyExports.class)
  ResponseEntity<Object> tooManyExports(TooManyExports e, WebRequest request) {
    return retryLater(e, HttpStatus.SERVICE_UNAVAILABLE, request);
  }

  @ExceptionHandler(TooManyTestMails.class)
  ResponseEntity<Object> tooManyTestMails(TooManyTestMails e, WebRequest request) {
    return retryLater(
        e,
        HttpStatus.TOO_MANY_REQUESTS,
        TooManyTestMails.RETRY_AFTER_SECONDS,
        e.getMessage(),
        request);
  }

  @ExceptionHandler(ReadingBudget.NoRoom.class)
  ResponseEntity<Object> noRoom(ReadingBudget.NoRoom e, WebRequest request) {
    return retryLater(e, HttpStatus.SERVICE_UNAVAILABLE, request);
  }

  /** Why is in the log; it may name what only the operator knows. */
  @ExceptionHandler(HookFailed.class)
  ResponseEntity<Object> hookFailed(HookFailed e, WebRequest request) {
    return retryLater(
        e,
        HttpStatus.SERVICE_UNAVAILABLE,
        RETRY_AFTER_SECONDS,
        HOOK_FAILED + ", after the seconds in Retry-After",
        request);
  }

  private ResponseEntity<Object> retryLater(Exception e, HttpStatus status, WebRequest request) {
    return retryLater(e, status, RETRY_AFTER_SECONDS, e.getMessage(), request);
  }

  private ResponseEntity<Object> retryLater(
      Exception e, HttpStatus status, long seconds, @Nullable String detail, WebRequest request) {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
    return handleExceptionInternal(
        e, ProblemDetail.forStatusAndDetail(status, detail), headers, status, request);
  }

  @ExceptionHandler(SearchesBusy.class)
  @Nullable ResponseEntity<Object> searchesBusy(SearchesBusy e, WebRequest request) {
    return retryLater(
        e,
        HttpStatus.SERVICE_UNAVAILABLE,
        SearchesBusy.RETRY_AFTER_SECONDS,
        e.getMessage(),
        request);
  }

  @ExceptionHandler(ResponsesBusy.class)
  @Nullable ResponseEntity<Object> busy(ResponsesBusy e, WebRequest request) {
    HttpServletResponse response = ((ServletWebRequest) request).getResponse();
    if (response != null) {
      response.setHeader(
          HttpHeaders.RETRY_AFTER, String.valueOf(ResponsesBusy.RETRY_AFTER_SECONDS));
    }
    return answer(e, HttpStatus.SERVICE_UNAVAILABLE, e.getMessage(), request);
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class,
    CannotCreateTransactionException.class
  })
  ResponseEntity<Object> databaseUnavailable(Exception e, WebRequest request) {
    log.warn("API request failed: the database is unavailable: {}", e.getMessage());
    return answer(
        e, ProblemCode.DATABASE_UNAVAILABLE, "the database is unavailable; try again", request);
  }

  @ExceptionHandler(Exception.class)
  @Nullable ResponseEntity<Object> unexpected(Exception e, WebRequest request) {
    if (isAborted(e)) {
      return null;
    }
    log.error("request failed", e);
    return answer(e, HttpStatus.INTERNAL_SERVER_ERROR, "internal error", request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return isAborted(e) ? null : unreadable(e, e.getCause(), request);
  }

  /**
   * Whether the connection was aborted: the caller closed it, reads too slowly, or sends a body
   * over the limit. The container answers with the error page if it still can.
   */
  private static boolean isAborted(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClientAbortException || cause instanceof ClientTooSlow) {
        log.info("request aborted by the client: {}", cause.getMessage());
        return true;
      }
    }
    return false;
  }

  @ExceptionHandler(JsonProcessingException.class)
  @Nullable ResponseEntity<Object> unreadablePatch(JsonProcessingException e, WebRequest request) {
    return unreadable(e, e, request);
  }

  private @Nullable ResponseEntity<Object> unreadable(
      Exception e, @Nullable Throwable cause, WebRequest request) {
    if (cause instanceof PropertyBindingException unknown) {
      String reason = FieldReasons.unknown(unknown.getKnownPropertyIds());
      return fields(e, List.of(new FieldProblem(path(unknown), reason)), request);
    }
    if (cause instanceof StrictText.Refused refused && !refused.getPath().isEmpty()) {
      return fields(
          e, List.of(new FieldProblem(path(refused), refused.getOriginalMessage())), request);
    }
    if (cause instanceof MismatchedInputException mismatch && !mismatch.getPath().isEmpty()) {
      String reason = FieldReasons.wrongType(mismatch.getTargetType());
      return fields(e, List.of(new FieldProblem(path(mismatch), reason)), request);
    }
    return answer(e, HttpStatus.BAD_REQUEST, location(cause), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String field =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : String.valueOf(e.getPropertyName());
    String reason = FieldReasons.wrongType(e.getRequiredType());
    return fields(e, List.of(new FieldProblem(field, reason)), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
      MissingServletRequestParameterException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return fields(e, List.of(new FieldProblem(e.getParameterName(), "is required")), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    HttpServletResponse response = ((ServletWebRequest) request).getResponse();
    if (response == null || response.isCommitted()) {
      log.info("response aborted after it was committed: {}", e.getClass().getName());
      return null;
    }
    if (!isApi(request)) {
      toErrorPage(response, status);
      return null;
    }
    ProblemDetail problem = problem(e, body, status, request);
    JsonNode call = JsonRpc.callOf(request);
    if (call != null) {
      problems.complete(problem);
      return ResponseEntity.ok(JsonRpc.failed(call, problem, headers));
    }
    if (!hasReadableAccept(request)) {
      // Spring would leave the body out.
      problems.write(response, headers, problem);
      return null;
    }
    problems.complete(problem);
    return super.handleExceptionInternal(e, problem, headers, status, request);
  }

  private ResponseEntity<Object> fields(
      Exception e, List<FieldProblem> problems, WebRequest request) {
    return handleExceptionInternal(
        e, problem(problems), new HttpHeaders(), HttpStatus.BAD_REQUEST, request);
  }

  /** The problem of invalid fields; one without a name stands for the request as a whole. */
  static ProblemDetail problem(List<FieldProblem> problems) {
    String detail =
        problems.stream()
            .map(p -> (p.field().isEmpty() ? "the request" : p.field()) + " " + p.reason())
            .collect(Collectors.joining("; "));
    List<FieldProblem> named = problems.stream().filter(p -> !p.field().isEmpty()).toList();
    ProblemDetail problem =
        (named.isEmpty() ? ProblemCode.INVALID_REQUEST : ProblemCode.INVALID_FIELDS)
            .problem(detail);
    if (!named.isEmpty()) {
      problem.setProperty("errors", named);
    }
    return problem;
  }

  static List<FieldProblem> problems(SubmissionRejected e) {
    return e.errors().stream().map(one -> new FieldProblem(one.field(), one.reason())).toList();
  }

  private ResponseEntity<Object> answer(
      Exception e, ProblemCode code, @Nullable String detail, WebRequest request) {
    return handleExceptionInternal(
        e, code.problem(String.valueOf(detail)), new HttpHeaders(), code.status(), request);
  }

  private ResponseEntity<Object> answer(
      Exception e, HttpStatus status, @Nullable String detail, WebRequest request) {
    return handleExceptionInternal(
        e, ProblemDetail.forStatusAndDetail(status, detail), new HttpHeaders(), status, request);
  }

  // The location only: the text around it may contain a password.
  private static String location(@Nullable Throwable cause) {
    if (cause instanceof JsonProcessingException json && json.getLocation() != null) {
      return "the body is not valid JSON for this request, at line "
          + json.getLocation().getLineNr()
          + ", column "
          + json.getLocation().getColumnNr();
    }
    return "the body is missing or not valid JSON for this request";
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.isEmpty() ? "\"\"" : path.toString(); // The name is empty.
  }

  private static boolean hasReadableAccept(WebRequest request) {
    String[] accepted = request.getHeaderValues(HttpHeaders.ACCEPT);
    try {
      MediaType.parseMediaTypes(accepted == null ? List.of() : List.of(accepted));
      return true;
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  private static ProblemDetail problem(
      Exception e, @Nullable Object body, HttpStatusCode status, WebRequest request) {
    ProblemDetail problem =
        body instanceof ProblemDetail given
            ? given
            : e instanceof ErrorResponse response
                ? response.getBody()
                : ProblemDetail.forStatus(status);
    if (problem.getInstance() == null && request instanceof ServletWebRequest servlet) {
      problem.setInstance(URI.create(servlet.getRequest().getRequestURI()));
    }
    return problem;
  }

  private static boolean isApi(WebRequest request) {
    return request instanceof ServletWebRequest servlet && RequestPath.isApi(servlet.getRequest());
  }

  private static void toErrorPage(HttpServletResponse response, HttpStatusCode status) {
    try {
      response.sendError(status.value());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send an error", e);
    }
  }
}
