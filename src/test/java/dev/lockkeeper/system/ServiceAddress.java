package dev.lockkeeper.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** The one address that machines know, as a Service's ClusterIP: it leads to one server, later to another one, or to nobody. */
final class ServiceAddress implements AutoCloseable {

    private static final int NOBODY = 0;

    private final ServerSocket socket;
    private volatile int port = NOBODY;

    private ServiceAddress(ServerSocket socket) {
        this.socket = socket;
    }

    static ServiceAddress open() throws IOException {
        ServiceAddress address = new ServiceAddress(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(address::accept);
        return address;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }

    void leadsTo(int serversPort) {
        port = serversPort;
    }

    void leadsNowhere() {
        port = NOBODY;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket agent = socket.accept();
                Thread.ofVirtual().start(() -> connect(agent));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket agent) {
        int target = port;
        try (agent) {
            if (target == NOBODY) {
                return;
            }
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                Thread.ofVirtual().start(() -> copy(agent, server));
                copy(server, agent);
            }
        } catch (IOException e) {
            // One of both is gone: so is the connection.
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[4096];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // As above.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
