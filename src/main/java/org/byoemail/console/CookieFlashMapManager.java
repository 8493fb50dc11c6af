package org.byoemail.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.SecretUnreadable;
import org.byoemail.account.registry.Secrets;
import org.byoemail.platform.access.ConsoleCookie;
import org.byoemail.platform.access.ConsoleSecurityContextRepository;
import org.byoemail.platform.access.ConsoleSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.AbstractFlashMapManager;

/**
 * Carries a form's message for the next page in a cookie, since sessions have no attributes. It is
 * sealed for the session, as it may be a secret that is shown once. Thread-safe.
 */
@Component("flashMapManager")
class CookieFlashMapManager extends AbstractFlashMapManager {
  private static final Logger log = LoggerFactory.getLogger(CookieFlashMapManager.class);
  private static final ConsoleCookie COOKIE = ConsoleCookie.lax("byo-flash", "/console");
  private static final String FIELD = "flash";

  /** Browsers keep cookies of up to 4,096 bytes, of which the seal and Base64 take a third. */
  private static final int MAX_BYTES = 2_700;

  private static final int MAX_TEXT = 2_000;
  private static final int MIN_TEXT = 100;

  private final Secrets secrets;
  private final ConsoleSecurityContextRepository sessions;
  private final ObjectMapper json;

  CookieFlashMapManager(
      Secrets secrets, ConsoleSecurityContextRepository sessions, ObjectMapper json) {
    this.secrets = secrets;
    this.sessions = sessions;
    this.json = json;
    setFlashMapTimeout(60);
  }

  /** A flash map as JSON. */
  record Kept(@Nullable String path, Map<String, String> attributes, long expires) {}

  @Override
  protected @Nullable List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
    String value = COOKIE.value(request);
    Optional<ConsoleSession> session = sessions.session(request);
    if (value == null || session.isEmpty()) {
      return null;
    }
    try {
      byte[] sealed = Base64.getUrlDecoder().decode(value);
      String text = secrets.open(session.get().id(), FIELD, new SealedSecret(sealed));
      Kept kept = json.readValue(text, new TypeReference<Kept>() {});
      FlashMap map = new FlashMap();
      map.putAll(kept.attributes());
      map.setTargetRequestPath(kept.path());
      map.setExpirationTime(kept.expires());
      return new ArrayList<>(List.of(map));
    } catch (IllegalArgumentException | SecretUnreadable | JsonProcessingException e) {
      log.debug("a cookie of an earlier session is left alone", e);
      return null;
    }
  }

  /** Each browser has its own cookie. */
  @Override
  protected @Nullable Object getFlashMapsMutex(HttpServletRequest request) {
    return null;
  }

  /** Keeps only the last message: each page that a form leads to has its own. */
  @Override
  protected void updateFlashMaps(
      List<FlashMap> maps, HttpServletRequest request, HttpServletResponse response) {
    Optional<ConsoleSession> session = sessions.session(request);
    if (session.isEmpty()) {
      return;
    }
    if (maps.isEmpty()) {
      COOKIE.delete(request, response);
      return;
    }
    FlashMap last = maps.get(maps.size() - 1);
    int longest = MAX_TEXT;
    String text = text(last, longest);
    while (text.length() > MAX_BYTES && longest > MIN_TEXT) {
      longest /= 2;
      text = text(last, longest);
    }
    byte[] sealed = secrets.seal(session.get().id(), FIELD, text).bytes();
    COOKIE.set(
        request,
        response,
        Base64.getUrlEncoder().withoutPadding().encodeToString(sealed),
        Duration.ofMinutes(1));
  }

  /** In ASCII, so that characters are bytes. */
  private String text(FlashMap map, int longest) {
    Map<String, String> attributes = new LinkedHashMap<>();
    map.forEach(
        (name, value) -> {
          if (value == null) {
            return; // As an attribute of a session: absent from the model.
          }
          String words = value.toString();
          attributes.put(
              name, words.length() > longest ? words.substring(0, longest) + "…" : words);
        });
    try {
      return json.writer()
          .with(JsonWriteFeature.ESCAPE_NON_ASCII)
          .writeValueAsString(
              new Kept(map.getTargetRequestPath(), attributes, map.getExpirationTime()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts cannot be written as JSON", e);
    }
  }
}
