"""From settings to a provider, or to the reason why there is none. Opens no connection."""

from importlib.util import find_spec

from lucid_orchestration.errors import ProviderUnavailableError
from lucid_orchestration.explain.providers.protocol import Provider
from lucid_orchestration.settings import AiSettings
from lucid_orchestration.version import DISTRIBUTION


def choose_provider(ai: AiSettings) -> Provider | None:
    """The provider the settings name; None when they name none.

    Raises:
        ProviderUnavailableError: when its library is not installed.
    """
    match ai.provider:
        case "openai":
            # loading it takes a second, and most runs do without
            from lucid_orchestration.explain.providers.openai_api import OpenAIProvider

            return OpenAIProvider(ai.model, ai.base_url, ai.api, ai.key)
        case "anthropic":
            if find_spec("anthropic") is None:
                raise ProviderUnavailableError(
                    "Anthropic's library is not installed. Run: "
                    f"pip install '{DISTRIBUTION}[anthropic]'"
                )
            from lucid_orchestration.explain.providers.anthropic_api import AnthropicProvider

            return AnthropicProvider(ai.model, ai.base_url, ai.key)
        case _:
            return None
