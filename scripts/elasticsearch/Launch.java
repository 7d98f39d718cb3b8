import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.util.Version;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestController;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.rest.Scope;
import org.elasticsearch.rest.ServerlessScope;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * Starts one node from the jars of Maven Central: Launch HOME CONFIG VERSION FLAVOR. The flavor
 * `serverless` lets the server refuse the requests that Elastic's own service refuses.
 */
public class Launch {
  public static void main(String[] args) throws Exception {
    System.setProperty("es.logger.prefix", "");
    LogConfigurator.configureESLogging();
    Settings home = Settings.builder().put("path.home", args[0]).build();
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(home, Map.of(), Path.of(args[1]), () -> "node");
    Node node = nodeIn(environment, Path.of(args[0]));
    RestController controller = node.injector().getInstance(RestController.class);
    controller.registerHandler(new Root(environment, args[2], args[3]));
    controller.getApiProtections().setEnabled(args[3].equals("serverless"));
    node.start();
    Thread.sleep(Long.MAX_VALUE);
  }

  /** `new Node(environment)`; from 8.18 on it takes a loader of modules, made in changing ways. */
  private static Node nodeIn(Environment environment, Path home) throws Exception {
    for (Constructor<?> constructor : Node.class.getConstructors()) {
      if (constructor.getParameterCount() == 1) return (Node) constructor.newInstance(environment);
    }
    Class<?> loader = Class.forName("org.elasticsearch.plugins.PluginsLoader");
    Method bundles = null;
    for (Method method : loader.getMethods()) {
      if (method.getName().equals("loadModulesBundles")) bundles = method;
    }
    Path modules = home.resolve("modules");
    Object found =
        bundles.getParameterCount() == 1
            ? bundles.invoke(null, modules)
            : bundles.invoke(null, modules, false);
    Object loaded =
        loader
            .getMethod("createPluginsLoader", Set.class, Set.class, Map.class)
            .invoke(null, found, Set.of(), Map.of());
    return (Node)
        Node.class.getConstructor(Environment.class, loader).newInstance(environment, loaded);
  }

  /** `GET /`, whose module is not on Maven Central. */
  @ServerlessScope(Scope.PUBLIC)
  public static class Root implements RestHandler {
    private final Environment environment;
    private final String version;
    private final String flavor;

    Root(Environment environment, String version, String flavor) {
      this.environment = environment;
      this.version = version;
      this.flavor = flavor;
    }

    @Override
    public List<Route> routes() {
      return List.of(
          new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
    }

    @Override
    public void handleRequest(RestRequest request, RestChannel channel, NodeClient client)
        throws Exception {
      XContentBuilder body = channel.newBuilder().startObject();
      body.field("name", environment.settings().get("node.name"));
      body.field("cluster_name", environment.settings().get("cluster.name"));
      body.startObject("version").field("number", version).field("build_flavor", flavor);
      body.field("lucene_version", Version.LATEST.toString()).endObject();
      body.field("tagline", "You Know, for Search").endObject();
      channel.sendResponse(new RestResponse(RestStatus.OK, body));
    }
  }
}
