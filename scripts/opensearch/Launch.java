import org.codelibs.opensearch.runner.OpenSearchRunner;

/** Starts a node of several; the runner of 3.x by itself takes one node for a cluster of one. */
public class Launch {
  public static void main(String[] args) throws Exception {
    OpenSearchRunner runner = new OpenSearchRunner();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        runner.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    runner.onBuild((number, settings) -> settings.put("discovery.type", "zen"));
    runner.build(args);
    Thread.currentThread().join();
  }
}
