package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RouteStep;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class RouteDiagramTest {

  @Test
  void branchesAreSideBySideAndEachStepIsInsideTheDrawing() throws Exception {
    RouteStep left = step("when", "${body} == 'a'", step("to", "direct:other"));
    RouteStep right = step("otherwise", "", step("bean", "x.y"), step("bean", "x.z"));

    Element svg = drawn(step("choice", "", left, right));

    var boxes = svg.getElementsByTagName("rect");
    int width = Integer.parseInt(svg.getAttribute("width"));
    int height = Integer.parseInt(svg.getAttribute("height"));
    assertThat(boxes.getLength()).isEqualTo(7);
    for (int i = 0; i < boxes.getLength(); i++) {
      Element box = (Element) boxes.item(i);
      assertThat(number(box, "x") + number(box, "width")).isLessThanOrEqualTo(width);
      assertThat(number(box, "y") + number(box, "height")).isLessThanOrEqualTo(height);
    }
  }

  @Test
  void textOfTheFileIsNoMarkup() throws Exception {
    Element svg = drawn(step("log", "<script>alert('1')</script> & \"more\""));

    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(svg.getTextContent()).contains("<script>alert(");
  }

  @Test
  void routeThatIsCalledIsALink() throws Exception {
    Element svg = drawn(new RouteStep("t", "to", "direct:b", 0, "b", List.of()));

    assertThat(((Element) svg.getElementsByTagName("a").item(0)).getAttribute("href"))
        .isEqualTo("/console/routes/b");
  }

  private static int number(Element box, String name) {
    return Integer.parseInt(box.getAttribute(name));
  }

  private static RouteStep step(String kind, String words, RouteStep... steps) {
    return new RouteStep(kind + "1", kind, words, 1, null, List.of(steps));
  }

  private static Element drawn(RouteStep... steps) throws Exception {
    RouteSource route =
        new RouteSource(
            "a",
            "",
            "routes/a.camel.yaml",
            1,
            "",
            step("from", "timer:a"),
            List.of(steps),
            List.of());
    String svg = RouteDiagram.of(route, "/console/routes");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }
}
