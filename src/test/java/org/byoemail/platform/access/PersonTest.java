package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** A person with a password, and the pages that the person opens. */
abstract class PersonTest extends WebTest {
  private static final Pattern RECOVERY_CODE = Pattern.compile("<li>([A-Z2-7-]{19})</li>");

  static final String PASSWORD = "a long enough password";

  final String email = fresh("ada") + "@people.test";
  UUID person = new UUID(0, 0);

  @BeforeEach
  void aPerson() {
    person = person(email);
  }

  UUID person(String address) {
    return UUID.fromString(
        post(
                ADMIN_KEY,
                "/people",
                Map.of(
                    "email",
                    address,
                    "name",
                    "Ada",
                    "roles",
                    List.of("admin"),
                    "password",
                    PASSWORD))
            .text("/id"));
  }

  /** The current code of an app, by the clock of the database. */
  String code(String secret) {
    return code(secret, 0);
  }

  String code(String secret, int stepsLater) {
    long now =
        jdbc.sql("SELECT floor(extract(epoch FROM statement_timestamp()))::bigint")
            .query(Long.class)
            .single();
    return Totp.code(secret, Totp.step(now) + stepsLater);
  }

  /** From now on, no code of the app counts as used. */
  void forgetUsedCodes() {
    jdbc.sql("UPDATE second_factor SET last_step = NULL WHERE person_id = :id")
        .param("id", person)
        .update();
  }

  /** What was done with the person. */
  List<String> audited() {
    return jdbc.sql("SELECT action FROM audit_entry WHERE subject = :id")
        .param("id", person)
        .query(String.class)
        .list();
  }

  /** The recovery codes that a page shows. */
  static List<String> recoveryCodes(String page) {
    return RECOVERY_CODE.matcher(page).results().map(found -> found.group(1)).toList();
  }

  static MockHttpServletRequestBuilder get(String path) {
    return MockMvcRequestBuilders.get(URI.create(path));
  }

  static MockHttpServletRequestBuilder form(String path, Map<String, String> fields) {
    MockHttpServletRequestBuilder form = MockMvcRequestBuilders.post(path);
    fields.forEach(form::param);
    return form;
  }

  /** The page after a form of somebody who is logged in. */
  String after(Cookie session, @Nullable Cookie other, String path, Map<String, String> fields) {
    MockHttpServletRequestBuilder request = form(path, fields).cookie(session);
    if (other != null) {
      request.cookie(other);
    }
    MockHttpServletResponse way = response(request.with(csrf()));
    assertThat(way.getStatus()).isEqualTo(302);
    return text(get(String.valueOf(way.getRedirectedUrl())).cookie(after(session, way)));
  }

  String redirect(MockHttpServletRequestBuilder request) {
    return String.valueOf(response(request).getRedirectedUrl());
  }

  String text(MockHttpServletRequestBuilder request) {
    try {
      return response(request).getContentAsString(StandardCharsets.UTF_8);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  MockHttpServletResponse response(MockHttpServletRequestBuilder request) {
    try {
      return mvc.perform(request).andReturn().getResponse();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
