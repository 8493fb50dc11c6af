package org.byoemail.account.oauth;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.byoemail.account.connection.VettedHttp;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/** Makes Spring's RestClient use {@link VettedHttp}. Safe for use by many threads. */
record TokenHttp(VettedHttp http, Duration time) implements ClientHttpRequestFactory {
  private static final int MAX_BYTES = 128 << 10;

  @Override
  public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
    return new Request(uri, method);
  }

  private final class Request extends AbstractClientHttpRequest {
    private final URI uri;
    private final HttpMethod method;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Request(URI uri, HttpMethod method) {
      this.uri = uri;
      this.method = method;
    }

    @Override
    public HttpMethod getMethod() {
      return method;
    }

    @Override
    public URI getURI() {
      return uri;
    }

    @Override
    protected OutputStream getBodyInternal(HttpHeaders headers) {
      return body;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
      Map<String, String> sent = new HashMap<>();
      headers.forEach((name, values) -> sent.put(name, String.join(", ", values)));
      sent.keySet()
          .removeIf(
              name -> name.equalsIgnoreCase("content-length") || name.equalsIgnoreCase("host"));
      return new Response(
          http.exchange(
              new VettedHttp.Request(method.name(), uri, sent, body.toByteArray()),
              MAX_BYTES,
              time));
    }
  }

  private record Response(VettedHttp.Response answer) implements ClientHttpResponse {
    @Override
    public HttpStatusCode getStatusCode() {
      return HttpStatusCode.valueOf(answer.status());
    }

    @Override
    public String getStatusText() {
      return "";
    }

    @Override
    public HttpHeaders getHeaders() {
      HttpHeaders headers = new HttpHeaders();
      answer.headers().forEach(headers::add);
      return headers;
    }

    @Override
    public InputStream getBody() {
      return new ByteArrayInputStream(answer.body());
    }

    @Override
    public void close() {
      // The whole answer was read before.
    }
  }
}
