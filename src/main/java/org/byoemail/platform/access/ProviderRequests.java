package org.byoemail.platform.access;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/**
 * Requests to the OpenID provider: bounded in time and bytes, and redirects are not followed.
 * Thread-safe.
 */
final class ProviderRequests implements ClientHttpRequestInterceptor {
  private static final Logger log = LoggerFactory.getLogger(ProviderRequests.class);

  /** The maximum size of an answer: configuration, keys or tokens. */
  static final int MAX_BYTES = 1 << 20;

  /**
   * Creates requests.
   *
   * @param connect how long a connection may take
   * @param answer how long the whole answer may take
   */
  static ClientHttpRequestFactory factory(Duration connect, Duration answer) {
    JdkClientHttpRequestFactory requests =
        new JdkClientHttpRequestFactory(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect)
                .build());
    requests.setReadTimeout(answer);
    return requests;
  }

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    ClientHttpResponse answer = execution.execute(request, body);
    if (answer.getStatusCode().is3xxRedirection()) {
      new BoundedResponse(answer).close();
      throw new IOException("the provider redirects " + request.getURI().getPath());
    }
    return new BoundedResponse(answer);
  }

  private record BoundedResponse(ClientHttpResponse answer) implements ClientHttpResponse {
    @Override
    public HttpStatusCode getStatusCode() throws IOException {
      return answer.getStatusCode();
    }

    @Override
    public String getStatusText() throws IOException {
      return answer.getStatusText();
    }

    @Override
    public HttpHeaders getHeaders() {
      return answer.getHeaders();
    }

    @Override
    public InputStream getBody() throws IOException {
      return new BoundedBody(answer.getBody());
    }

    /** The rest is not read: Spring would read it to its end, to use the connection again. */
    @Override
    public void close() {
      try {
        answer.getBody().close();
      } catch (IOException e) {
        log.debug("the answer of the provider could not be closed: {}", e.getMessage());
      }
      answer.close();
    }
  }

  private static final class BoundedBody extends FilterInputStream {
    private int left = MAX_BYTES;

    BoundedBody(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read >= 0) {
        count(1);
      }
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) throws IOException {
      left -= read;
      if (left < 0) {
        throw new IOException("the provider's answer is longer than " + MAX_BYTES + " bytes");
      }
    }
  }
}
