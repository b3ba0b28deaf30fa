interface Download {
	status: number;
	headers: Record<string, string>;
	body: AsyncGenerator<Uint8Array>;
}

/** The `Range` and `If-Range` of a request. */
export function askedRange({ headers }: Request) {
	return { range: headers.get('range'), ifRange: headers.get('if-range') };
}

/** An answer that is made while it is read: a reader who pauses pauses it, one who leaves ends it. */
export function downloadResponse({ status, headers, body }: Download): Response {
	const stream = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				const { done, value } = await body.next();
				if (done) controller.close();
				else controller.enqueue(value);
			},
			async cancel() {
				await body.return(undefined);
			}
		},
		{ highWaterMark: 0 }
	);
	return new Response(stream, { status, headers });
}
