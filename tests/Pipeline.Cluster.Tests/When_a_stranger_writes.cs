using System.Net;
using System.Text;
using Pipeline.Cluster.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>Who has no key, and whose page a browser merely has open, changes nothing here and fills nothing.</summary>
public sealed class When_a_stranger_writes : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("https://elsewhere.example", HttpStatusCode.Unauthorized)]
    [InlineData("null", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Accepted)]
    public async Task A_page_of_another_site_delivers_nothing_through_open_loopback(string? origin, HttpStatusCode answer)
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}/") };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/releases")
        {
            Content = new MultipartFormDataContent { { new StringContent("no message"), "message", "release.json" } },
        };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }
        using var response = await http.SendAsync(request);
        Assert.Equal(answer, response.StatusCode);
    }

    [Fact]
    public async Task A_body_without_end_is_refused_where_no_release_is_sent()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}/") };
        using var endless = new StringContent($"{{\"name\":\"{new string('a', 1_000_000)}\"}}", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("api/v1/keys", endless);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await node.ReadyzAsync());
    }
}
